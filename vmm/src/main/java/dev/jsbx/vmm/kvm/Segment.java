package dev.jsbx.vmm.kvm;

/**
 * The hidden part of a segment register, {@code struct kvm_segment}.
 *
 * @param base linear address
 * @param limit the last offset, in bytes even where the descriptor counts pages
 * @param selector index into the GDT × 8
 * @param access bits 40 to 47 of the descriptor: type, S, DPL, P
 * @param flags bits 52 to 55 of the descriptor: AVL, L, D/B, G
 */
public record Segment(long base, int limit, int selector, int access, int flags) {
    static final int SIZE = 24;
    static final int OFFSET_BASE = 0;
    static final int OFFSET_LIMIT = 8;
    static final int OFFSET_SELECTOR = 12;
    static final int OFFSET_TYPE = 14;
    static final int OFFSET_PRESENT = 15;
    static final int OFFSET_DPL = 16;
    static final int OFFSET_DB = 17;
    static final int OFFSET_S = 18;
    static final int OFFSET_L = 19;
    static final int OFFSET_G = 20;
    static final int OFFSET_AVL = 21;
    static final int OFFSET_UNUSABLE = 22;

    private static final int ACCESS_S = 0x10;
    private static final int ACCESS_PRESENT = 0x80;
    private static final int FLAG_AVL = 1;
    private static final int FLAG_L = 2;
    private static final int FLAG_DB = 4;
    private static final int FLAG_G = 8;

    /**
     * What loading {@code selector} from a GDT with this descriptor gives (Intel SDM volume 3A,
     * figure 3-8).
     */
    public static Segment of(long descriptor, int selector) {
        long base = descriptor >>> 16 & 0xffffff | descriptor >>> 56 << 24;
        int limit = (int) (descriptor & 0xffff | descriptor >>> 32 & 0xf0000);
        int flags = (int) (descriptor >>> 52 & 0xf);
        // With G set the limit counts 4 KiB pages; KVM wants it in bytes.
        int scaled = (flags & FLAG_G) != 0 ? limit << 12 | 0xfff : limit;
        return new Segment(base, scaled, selector, (int) (descriptor >>> 40 & 0xff), flags);
    }

    /** The privilege level that code in this segment has, 0 to 3. */
    public int dpl() {
        return access >>> 5 & 3;
    }

    int type() {
        return access & 0xf;
    }

    boolean present() {
        return (access & ACCESS_PRESENT) != 0;
    }

    boolean codeOrData() {
        return (access & ACCESS_S) != 0;
    }

    boolean longMode() {
        return (flags & FLAG_L) != 0;
    }

    boolean db() {
        return (flags & FLAG_DB) != 0;
    }

    boolean granular() {
        return (flags & FLAG_G) != 0;
    }

    boolean available() {
        return (flags & FLAG_AVL) != 0;
    }

    static int access(int type, boolean codeOrData, int dpl, boolean present) {
        return type | (codeOrData ? ACCESS_S : 0) | dpl << 5 | (present ? ACCESS_PRESENT : 0);
    }

    static int flags(boolean available, boolean longMode, boolean db, boolean granular) {
        return (available ? FLAG_AVL : 0)
                | (longMode ? FLAG_L : 0)
                | (db ? FLAG_DB : 0)
                | (granular ? FLAG_G : 0);
    }
}
