import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody, FlowatlasError } from '../domain/errors.js';

/** Milliseconds for a client to read why. */
const LINGER = 5_000;

/** What Node.js knows of a connection and its types hide. */
interface Connection extends Socket {
  /** The answer that is on its way. */
  readonly _httpMessage?: ServerResponse | null;
}

/** Answers what never becomes a request, as it cannot be read, in the one form of errors. */
export function answerClientErrors(server: Server): void {
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket: Connection) => {
    // A second head would be read as a part of the answer.
    const isAnswering = socket._httpMessage?.headersSent === true;
    if (!socket.writable || isAnswering || code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    answerOnSocket(socket, ...explain(code));
  });
}

/** Where there is no response to answer with. */
export function answerOnSocket(socket: Socket, status: string, error: FlowatlasError): void {
  const body = JSON.stringify(errorBody(error));
  const head = [
    `HTTP/1.1 ${status}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.on('error', () => socket.destroy());
  // Else what it still sends would break the connection before it has read the answer.
  socket.resume().setTimeout(LINGER, () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function explain(code = ''): [status: string, error: FlowatlasError] {
  if (code === 'HPE_HEADER_OVERFLOW')
    return [
      '431 Request Header Fields Too Large',
      new FlowatlasError(
        'payload_too_large',
        'the address and the headers of a request have at most 16 KiB together; a longer question goes into the body of POST /api/v1/flows/query',
      ),
    ];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return ['408 Request Timeout', new FlowatlasError('timeout', 'the head of the request did not come')];
  return ['400 Bad Request', new FlowatlasError('invalid_parameter', 'the request is no HTTP')];
}
