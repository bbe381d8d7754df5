import type { JSX, RefObject } from 'react';
import type { MapCommands } from './service-map.js';

interface Props {
  commands: RefObject<MapCommands | null>;
}

export function MapTools({ commands }: Props): JSX.Element {
  return (
    <div className="map-tools" role="toolbar" aria-label="Map">
      <button type="button" onClick={() => commands.current?.fit()} title="Everything in view (f)">
        Fit
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => commands.current?.zoom(1.3)}>
        +
      </button>
      <button
        type="button"
        aria-label="Zoom out"
        title="Zoom out"
        onClick={() => commands.current?.zoom(1 / 1.3)}
      >
        −
      </button>
      <button
        type="button"
        onClick={() => commands.current?.layout()}
        title="Arrange all nodes anew. Live changes never move a node by themselves."
      >
        Re-layout
      </button>
    </div>
  );
}
