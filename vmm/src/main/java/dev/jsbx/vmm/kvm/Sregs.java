package dev.jsbx.vmm.kvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code struct kvm_sregs}: a copy of a vCPU's segment, descriptor table and control registers. Not
 * safe for several threads.
 */
public final class Sregs {
    static final int SIZE = 0x138;

    private static final int OFFSET_GDT = 192;
    private static final int OFFSET_IDT = 208;
    private static final int OFFSET_TABLE_LIMIT = 8;
    private static final int OFFSET_CONTROL = 224;

    private final ByteBuffer bytes;

    Sregs(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public Segment segment(SegmentRegister register) {
        int at = register.ordinal() * Segment.SIZE;
        int access =
                Segment.access(
                        bytes.get(at + Segment.OFFSET_TYPE),
                        flag(at + Segment.OFFSET_S),
                        bytes.get(at + Segment.OFFSET_DPL),
                        flag(at + Segment.OFFSET_PRESENT));
        int flags =
                Segment.flags(
                        flag(at + Segment.OFFSET_AVL),
                        flag(at + Segment.OFFSET_L),
                        flag(at + Segment.OFFSET_DB),
                        flag(at + Segment.OFFSET_G));
        return new Segment(
                bytes.getLong(at + Segment.OFFSET_BASE),
                bytes.getInt(at + Segment.OFFSET_LIMIT),
                Short.toUnsignedInt(bytes.getShort(at + Segment.OFFSET_SELECTOR)),
                access,
                flags);
    }

    public Sregs segment(SegmentRegister register, Segment segment) {
        int at = register.ordinal() * Segment.SIZE;
        bytes.putLong(at + Segment.OFFSET_BASE, segment.base());
        bytes.putInt(at + Segment.OFFSET_LIMIT, segment.limit());
        bytes.putShort(at + Segment.OFFSET_SELECTOR, (short) segment.selector());
        bytes.put(at + Segment.OFFSET_TYPE, (byte) segment.type());
        bytes.put(at + Segment.OFFSET_DPL, (byte) segment.dpl());
        flag(at + Segment.OFFSET_PRESENT, segment.present());
        flag(at + Segment.OFFSET_DB, segment.db());
        flag(at + Segment.OFFSET_S, segment.codeOrData());
        flag(at + Segment.OFFSET_L, segment.longMode());
        flag(at + Segment.OFFSET_G, segment.granular());
        flag(at + Segment.OFFSET_AVL, segment.available());
        flag(at + Segment.OFFSET_UNUSABLE, !segment.present());
        return this;
    }

    private boolean flag(int at) {
        return bytes.get(at) != 0;
    }

    private void flag(int at, boolean value) {
        bytes.put(at, (byte) (value ? 1 : 0));
    }

    /**
     * @param base linear address of the global descriptor table
     * @param limit its last byte's offset
     */
    public Sregs gdt(long base, int limit) {
        return table(OFFSET_GDT, base, limit);
    }

    /**
     * @param base linear address of the interrupt descriptor table
     * @param limit its last byte's offset
     */
    public Sregs idt(long base, int limit) {
        return table(OFFSET_IDT, base, limit);
    }

    private Sregs table(int at, long base, int limit) {
        bytes.putLong(at, base);
        bytes.putShort(at + OFFSET_TABLE_LIMIT, (short) limit);
        return this;
    }

    public long get(ControlRegister register) {
        return bytes.getLong(OFFSET_CONTROL + register.ordinal() * Long.BYTES);
    }

    public Sregs set(ControlRegister register, long value) {
        bytes.putLong(OFFSET_CONTROL + register.ordinal() * Long.BYTES, value);
        return this;
    }

    byte[] bytes() {
        return bytes.array();
    }
}
