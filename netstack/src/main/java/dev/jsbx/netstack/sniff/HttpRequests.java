package dev.jsbx.netstack.sniff;

import io.netty.buffer.ByteBuf;

/** Finds the requests that follow each other on one connection. */
public final class HttpRequests {
    private HttpScan scan = new HttpScan(false);

    /**
     * Looks for the next head.
     *
     * @param bytes from the end of the last body on; those of the last call and what has come since
     * @return {@link Sniffed.Http}, {@link Sniffed.Malformed} or {@link Sniffed#MORE}; after a head
     *     the next look is for the next one
     */
    public Sniffed look(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return Sniffed.MORE;
        }
        ByteBuf in = bytes.slice();
        Sniffed sniffed = Sniffer.bounded(scan.look(in), in, true);
        if (sniffed instanceof Sniffed.Http) {
            scan = new HttpScan(false);
        }
        return sniffed;
    }
}
