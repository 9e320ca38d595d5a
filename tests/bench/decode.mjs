// Reads frames from standard input and decodes each as the scanner does; answers one line of JSON a frame.
// A frame is width and height, 32 bits each, least first, and the grey pixels.

import { readFileSync } from 'node:fs'

const assets = new URL('../../service/pages/assets/', import.meta.url)
const { prepareZXingModule } = await import(new URL('vendor/zxing-wasm/es/reader/index.js', assets))
const { decode } = await import(new URL('app/decode.js', assets))
const wasm = readFileSync(new URL('vendor/zxing-wasm/reader/zxing_reader.wasm', assets))
const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length)
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true })

let waiting = Buffer.alloc(0)
for await (const chunk of process.stdin) {
  waiting = Buffer.concat([waiting, chunk])
  while (waiting.length >= 8) {
    const width = waiting.readUInt32LE(0)
    const height = waiting.readUInt32LE(4)
    const end = 8 + width * height
    if (waiting.length < end) break
    const data = new Uint8ClampedArray(4 * width * height)
    for (let at = 8, to = 0; at < end; at += 1, to += 4) {
      data[to] = data[to + 1] = data[to + 2] = waiting[at]
      data[to + 3] = 255
    }
    waiting = waiting.subarray(end)
    process.stdout.write(JSON.stringify(await decode({ data, width, height })) + '\n')
  }
}
