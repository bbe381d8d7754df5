import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import './ui/theme.css';
import './ui/base.css';
import './ui/shell.css';
import './ui/tables.css';
import './map/map.css';
import './panel/panel.css';
import './drops/drops.css';
import './upload/upload.css';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
