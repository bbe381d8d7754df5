import { useCallback, useRef, useState } from 'react';
import type { IngestReport } from '../../../src/ingest/ingest.schema.js';
import { sendFiles, type Sending, type UploadError } from './send.js';

export interface Upload {
  id: number;
  names: string[];
  /** Sent so far, 0 to 1. */
  fraction: number;
  report: IngestReport | null;
  error: UploadError | null;
}

export interface Uploads {
  list: Upload[];
  start: (files: readonly File[]) => void;
  dismiss: (id: number) => void;
}

export function useUploads(): Uploads {
  const [list, setList] = useState<Upload[]>([]);
  const lastId = useRef(0);
  const sendings = useRef(new Map<number, Sending>());

  const start = useCallback((files: readonly File[]): void => {
    if (files.length === 0) return;
    lastId.current += 1;
    const id = lastId.current;
    const change = (values: Partial<Upload>): void => {
      setList((old) => old.map((upload) => (upload.id === id ? { ...upload, ...values } : upload)));
    };
    const names = files.map((file) => file.name);
    setList((old) => [{ id, names, fraction: 0, report: null, error: null }, ...old]);
    const sending = sendFiles(files, (fraction) => {
      change({ fraction });
    });
    sendings.current.set(id, sending);
    sending.done
      .then((report) => {
        change({ report, fraction: 1 });
      })
      .catch((error: unknown) => {
        change({ error: error as UploadError });
      })
      .finally(() => sendings.current.delete(id));
  }, []);

  const dismiss = useCallback((id: number): void => {
    const sending = sendings.current.get(id);
    if (sending) sending.cancel();
    else setList((old) => old.filter((upload) => upload.id !== id));
  }, []);

  return { list, start, dismiss };
}
