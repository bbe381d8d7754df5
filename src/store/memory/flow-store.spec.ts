import { coverageContract } from '../coverage.contract.js';
import { eventsContract } from '../events.contract.js';
import { clock, flowStoreContract } from '../flow-store.contract.js';
import { recordsContract } from '../records.contract.js';
import { sumsContract } from '../sums.contract.js';
import { outsideContract } from '../outside.contract.js';
import { minutesContract } from '../minutes.contract.js';
import { removalContract } from '../removal.contract.js';
import { scanContract } from '../scan.contract.js';
import { MemoryFlowStore } from './flow-store.js';
import { MemoryFlowWriter } from './flow-writer.js';
import { Memory } from './memory.js';

const openEmpty = () => {
  const memory = new Memory();
  const store = new MemoryFlowStore(memory);
  const writer = new MemoryFlowWriter(memory, clock);
  return Promise.resolve({ store, writer, close: () => writer.close() });
};

flowStoreContract('the memory store', openEmpty);
recordsContract('the memory store', openEmpty);
eventsContract('the memory store', openEmpty);
sumsContract('the memory store', openEmpty);
removalContract('the memory store', openEmpty);
minutesContract('the memory store', openEmpty);
scanContract('the memory store', openEmpty);
outsideContract('the memory store', openEmpty);
coverageContract('the memory store', openEmpty);
