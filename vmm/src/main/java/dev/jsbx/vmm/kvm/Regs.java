package dev.jsbx.vmm.kvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@code struct kvm_regs}: a copy of a vCPU's general registers. Not safe for several threads. */
public final class Regs {
    /** Bytes. */
    static final int SIZE = 0x90;

    /** Bit 1 of RFLAGS is always one (Intel SDM volume 1, 3.4.3). */
    public static final long RFLAGS_RESERVED = 2;

    private final ByteBuffer bytes;

    Regs(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** All zero, but for the flag that is always one. */
    public Regs() {
        this(new byte[SIZE]);
        set(Register.RFLAGS, RFLAGS_RESERVED);
    }

    public long get(Register register) {
        return bytes.getLong(register.ordinal() * Long.BYTES);
    }

    public Regs set(Register register, long value) {
        bytes.putLong(register.ordinal() * Long.BYTES, value);
        return this;
    }

    byte[] bytes() {
        return bytes.array();
    }
}
