import { useState, type JSX } from 'react';
import { useEscape } from '../state/use-escape.js';
import { edgeClassWords, type EdgeClass } from './edge-class.js';
import { edgeDashes } from './map-style.js';

const lines: EdgeClass[] = ['forwarded', 'dropped', 'mixed', 'audit', 'other'];

const otherWords: Partial<Record<EdgeClass, string>> = { other: 'other (error, traced)' };

function LineSample({ kind }: { kind: EdgeClass }): JSX.Element {
  return (
    <svg className={`line-sample ${kind}`} width="38" height="10" viewBox="0 0 38 10" aria-hidden="true">
      <line x1="1" y1="5" x2="29" y2="5" strokeWidth="2.5" strokeDasharray={edgeDashes[kind].join(' ')} />
      <path d="M29 1 L37 5 L29 9 Z" />
    </svg>
  );
}

const shapes: [words: string, path: string][] = [
  ['workload, pod, namespace', 'M6 1 H30 Q35 1 35 6 V12 Q35 17 30 17 H6 Q1 17 1 12 V6 Q1 1 6 1 Z'],
  ['service', 'M8 1 H28 L35 9 L28 17 H8 L1 9 Z'],
  ['entity: world, host, kube-apiserver …', 'M18 1 A17 8 0 1 0 18.1 1 Z'],
  ['DNS name', 'M4 2 Q18 -1 32 2 Q35 9 32 16 Q18 19 4 16 Q1 9 4 2 Z'],
  ['address range', 'M6 1 H30 L35 6 V12 L30 17 H6 L1 12 V6 Z'],
  ['address', 'M1 1 H35 V17 H1 Z'],
  ['unknown', 'M1 1 H27 L35 17 H9 Z'],
];

function ShapeSample({ path, dashed }: { path: string; dashed: boolean }): JSX.Element {
  return (
    <svg className="shape-sample" width="36" height="18" viewBox="0 0 36 18" aria-hidden="true">
      <path d={path} strokeWidth="1.5" strokeDasharray={dashed ? '4 3' : ''} />
    </svg>
  );
}

export function Legend(): JSX.Element {
  const [open, setOpen] = useState(false);
  useEscape(open, () => {
    setOpen(false);
  });
  return (
    <div className="legend">
      {open && (
        <ul className="legend-shapes" id="legend-shapes">
          {shapes.map(([words, path]) => (
            <li key={words}>
              <ShapeSample path={path} dashed={words === 'unknown'} /> {words}
            </li>
          ))}
          <li>Arrows point from the client to the server; labels give the server&rsquo;s port.</li>
          <li>A red border: something from or to this node was dropped.</li>
        </ul>
      )}
      <ul className="legend-lines">
        {lines.map((kind) => (
          <li key={kind}>
            <LineSample kind={kind} /> {otherWords[kind] ?? edgeClassWords[kind]}
          </li>
        ))}
        <li>
          <button
            type="button"
            aria-expanded={open}
            aria-controls="legend-shapes"
            onClick={() => {
              setOpen(!open);
            }}
          >
            {open ? 'Close legend' : 'Legend'}
          </button>
        </li>
      </ul>
    </div>
  );
}
