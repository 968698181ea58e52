'use strict';

// JSON-RPC messages in the framing of the language server protocol, over the streams of a process.

class Connection {
    /** @param {import('child_process').ChildProcess} process */
    constructor(process) {
        this._process = process;
        this._next = 1;
        this._waiting = new Map();
        this._handlers = new Map();
        this._buffer = Buffer.alloc(0);
        process.stdout.on('data', chunk => this._take(chunk));
        // A server that has gone is noticed by the process's own `exit`.
        process.stdin.on('error', () => { });
        process.on('exit', () => this._fail());
        process.on('error', () => this._fail());
    }

    /** Calls a function with the parameters of every notification of a method. */
    on(method, handle) {
        this._handlers.set(method, handle);
    }

    notify(method, params) {
        this._write({ jsonrpc: '2.0', method, params });
    }

    /** Resolves with the result; rejects with the server's message, or where the server has gone. */
    request(method, params) {
        const id = this._next++;
        return new Promise((resolve, reject) => {
            this._waiting.set(id, { resolve, reject });
            this._write({ jsonrpc: '2.0', id, method, params });
        });
    }

    _write(message) {
        if (!this._process.stdin.writable) {
            this._fail();
            return;
        }

        const content = Buffer.from(JSON.stringify(message), 'utf8');
        this._process.stdin.write(`Content-Length: ${content.length}\r\n\r\n`);
        this._process.stdin.write(content);
    }

    _take(chunk) {
        this._buffer = Buffer.concat([this._buffer, chunk]);
        for (;;) {
            const end = this._buffer.indexOf('\r\n\r\n');
            if (end < 0) {
                return;
            }

            const length = /content-length: *(\d+)/i.exec(this._buffer.toString('ascii', 0, end));
            const from = end + 4;
            const to = from + (length ? Number(length[1]) : 0);
            if (this._buffer.length < to) {
                return;
            }

            const content = this._buffer.toString('utf8', from, to);
            this._buffer = this._buffer.subarray(to);
            if (length) {
                this._receive(JSON.parse(content));
            }
        }
    }

    _receive(message) {
        if (message.method !== undefined) {
            const handle = this._handlers.get(message.method);
            if (handle) {
                handle(message.params);
            }

            return;
        }

        const waiting = this._waiting.get(message.id);
        this._waiting.delete(message.id);
        if (!waiting) {
            return;
        }

        if (message.error) {
            waiting.reject(new Error(message.error.message));
        } else {
            waiting.resolve(message.result);
        }
    }

    _fail() {
        for (const { reject } of this._waiting.values()) {
            reject(new Error('the netpol language server has ended'));
        }

        this._waiting.clear();
    }
}

module.exports = { Connection };
