import { clock, flowStoreContract } from '../flow-store.contract.js';
import { Memory, MemoryFlowStore, MemoryFlowWriter } from './flow-store.js';

flowStoreContract('the memory store', () => {
  const memory = new Memory();
  const store = new MemoryFlowStore(memory);
  const writer = new MemoryFlowWriter(memory, clock);
  return Promise.resolve({ store, writer, close: () => writer.close() });
});
