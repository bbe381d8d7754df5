import type { JSX } from 'react';
import type { Level } from '../../../src/service-map/service-map.schema.js';

const levels: [Level, string][] = [
  ['workload', 'Workloads'],
  ['namespace', 'Namespaces'],
  ['pod', 'Pods'],
  ['cluster', 'Clusters'],
];

export function LevelSwitch({
  level,
  onLevel,
}: {
  level: Level;
  onLevel: (level: Level) => void;
}): JSX.Element {
  return (
    <div className="segments" role="group" aria-label="Level of the map">
      {levels.map(([value, words]) => (
        <button
          key={value}
          type="button"
          data-testid={`level-${value}`}
          aria-pressed={value === level}
          onClick={() => {
            onLevel(value);
          }}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
