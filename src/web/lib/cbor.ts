/** The CBOR this product uses: integers, byte strings, text, arrays, maps with integer keys, booleans, null. */
export type Cbor = number | string | boolean | null | Uint8Array | Cbor[] | Map<number, Cbor>;
