package dev.jsbx.netstack.audit;

/** Which way an attempt takes; the words are {@code sbx}'s. */
public enum Via {
    /** Ended by the proxy, which may add credentials. */
    FORWARD("forward"),
    /** Passed on as it is, with names seen in it checked. */
    TRANSPARENT("transparent"),
    /** Neither TLS nor HTTP: other TCP, UDP, ICMP. */
    NETWORK("network"),
    /** A name that was looked up. */
    DNS("dns");

    private final String text;

    Via(String text) {
        this.text = text;
    }

    /** As in the log. */
    public String text() {
        return text;
    }
}
