package dev.jsbx.netstack.dns;

/** Record types and response codes, as IANA assigns them. */
public final class DnsType {
    public static final int A = 1;
    public static final int CNAME = 5;
    public static final int SOA = 6;
    public static final int PTR = 12;
    public static final int TXT = 16;
    public static final int AAAA = 28;
    public static final int OPT = 41;
    public static final int SVCB = 64;
    public static final int HTTPS = 65;

    public static final int NOERROR = 0;
    public static final int FORMERR = 1;
    public static final int SERVFAIL = 2;
    public static final int NXDOMAIN = 3;
    public static final int NOTIMP = 4;
    public static final int REFUSED = 5;

    /** BADVERS (RFC 6891 §9); its high bits travel in the OPT record. */
    public static final int BADVERS = 16;

    private DnsType() {}

    /** Whether answers of a type are passed on; of all others there are none. */
    static boolean isServed(int type) {
        return switch (type) {
            case A, AAAA, CNAME, PTR, TXT, SVCB, HTTPS -> true;
            default -> false;
        };
    }
}
