package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.memory.GuestMemory;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/** A vCPU's state as text, for the report of a machine that ended badly. */
final class VcpuReport {
    /** The longest x86 instruction, bytes. */
    private static final int MAX_INSTRUCTION = 15;

    private static final int COLUMNS = 4;

    private VcpuReport() {}

    /**
     * Registers, segments, control registers and the code at RIP.
     *
     * @param instruction the bytes at RIP if already known; else empty, to be looked up
     */
    static String of(Vcpu vcpu, GuestMemory memory, byte[] instruction) {
        StringBuilder text = new StringBuilder(1024);
        Regs regs = vcpu.regs();
        for (Register register : Register.values()) {
            append(text, register.ordinal(), register.name(), regs.get(register));
        }
        Sregs sregs = vcpu.sregs();
        for (ControlRegister register : ControlRegister.values()) {
            append(text, register.ordinal(), register.name(), sregs.get(register));
        }
        for (SegmentRegister register : SegmentRegister.values()) {
            Segment s = sregs.segment(register);
            text.append(
                    String.format(
                            "%n%-3s %04x base %016x limit %08x access %02x flags %x",
                            register, s.selector(), s.base(), s.limit(), s.access(), s.flags()));
        }
        byte[] code = instruction(vcpu, memory, regs.get(Register.RIP), instruction);
        return text.append(String.format("%ncode %s", hex(code))).toString().strip();
    }

    private static void append(StringBuilder text, int position, String name, long value) {
        text.append(position % COLUMNS == 0 ? System.lineSeparator() : "  ");
        text.append(String.format("%-9s %016x", name, value));
    }

    /** The bytes of the instruction at {@code rip}: as told by KVM, else from guest memory. */
    static byte[] instruction(Vcpu vcpu, GuestMemory memory, long rip, byte[] told) {
        if (told.length > 0) {
            return told;
        }
        long linear = vcpu.sregs().segment(SegmentRegister.CS).base() + rip;
        long gpa = vcpu.translate(linear);
        if (gpa < 0) {
            return told;
        }
        // Within the page only: the next one may lie elsewhere.
        long length = Math.min(MAX_INSTRUCTION, 0x1000 - (gpa & 0xfff));
        return memory.contains(gpa, length)
                ? memory.slice(gpa, length).toArray(ValueLayout.JAVA_BYTE)
                : told;
    }

    static String hex(byte[] bytes) {
        return bytes.length == 0 ? "unknown" : HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
