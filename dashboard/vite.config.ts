import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:8787';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    // The map library alone is about 450 kB; it comes from the same host, once, and is cached.
    chunkSizeWarningLimit: 1200,
    // A data: URL would need a wider content security policy than the server sends.
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      // As an object: else Vite names the server as Host, and pages of another origin may not store.
      '/api': { target: server },
      '/socket.io': { target: server, ws: true },
    },
  },
});
