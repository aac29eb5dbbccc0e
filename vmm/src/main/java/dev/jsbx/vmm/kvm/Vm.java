package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.Doorbells;
import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.memory.GuestMemory;
import dev.jsbx.vmm.memory.GuestRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A virtual machine of KVM: address space, in-kernel interrupt controllers, timer and clock. Any
 * thread may use it. Memory, interrupt lines and vCPUs are closed by those who made them, the vCPUs
 * and lines before the VM, the memory after it.
 */
public final class Vm implements AutoCloseable {
    // struct kvm_userspace_memory_region
    private static final int REGION_SIZE = 32;
    private static final int OFFSET_SLOT = 0;
    private static final int OFFSET_GUEST_PHYS_ADDR = 8;
    private static final int OFFSET_MEMORY_SIZE = 16;
    private static final int OFFSET_USERSPACE_ADDR = 24;

    // struct kvm_msi
    private static final int MSI_SIZE = 32;
    private static final int OFFSET_ADDRESS_LO = 0;
    private static final int OFFSET_ADDRESS_HI = 4;
    private static final int OFFSET_DATA = 8;

    /** {@code struct kvm_pit_config}: flags, then padding. */
    private static final int PIT_CONFIG_SIZE = 64;

    /** Port 0x61's speaker bits are answered in the kernel too. */
    private static final int KVM_PIT_SPEAKER_DUMMY = 1;

    private final Kvm kvm;
    private final Fd fd;
    private final Doorbells doorbells;

    Vm(Kvm kvm, Fd fd) {
        this.kvm = kvm;
        this.fd = fd;
        this.doorbells = new IoEventFds(fd);
    }

    /**
     * Reserves three pages of guest physical space that Intel CPUs without unrestricted guest mode
     * need; below 4 GiB, and where no memory is.
     */
    public void setTssAddress(long gpa) {
        Request.KVM_SET_TSS_ADDR.call(fd, gpa);
    }

    /** Makes all regions of a guest's memory visible in it, in slots 0 and up. */
    public void setMemory(GuestMemory memory) {
        int slot = 0;
        for (GuestRegion region : memory.regions()) {
            setMemorySlot(slot++, region.gpa(), region.segment());
        }
    }

    /**
     * Puts memory of this process into a slot of the guest's address space.
     *
     * @param gpa guest physical address, a multiple of 4096
     * @param segment mapped memory, page aligned; an empty one removes the slot
     */
    public void setMemorySlot(int slot, long gpa, MemorySegment segment) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment region = arena.allocate(REGION_SIZE, Long.BYTES);
            region.set(ValueLayout.JAVA_INT, OFFSET_SLOT, slot);
            region.set(ValueLayout.JAVA_LONG, OFFSET_GUEST_PHYS_ADDR, gpa);
            region.set(ValueLayout.JAVA_LONG, OFFSET_MEMORY_SIZE, segment.byteSize());
            region.set(ValueLayout.JAVA_LONG, OFFSET_USERSPACE_ADDR, segment.address());
            Request.KVM_SET_USER_MEMORY_REGION.call(fd, region);
        }
    }

    /** PIC, IOAPIC and, with each vCPU to come, a local APIC. Must precede the first vCPU. */
    public void createIrqchip() {
        Request.KVM_CREATE_IRQCHIP.call(fd, 0);
    }

    /** The 8254 timer, on GSI 0; needs the irqchip. */
    public void createPit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(PIT_CONFIG_SIZE, Integer.BYTES);
            config.set(ValueLayout.JAVA_INT, 0, KVM_PIT_SPEAKER_DUMMY);
            Request.KVM_CREATE_PIT2.call(fd, config);
        }
    }

    /**
     * A new vCPU. All but number 0 wait for INIT and SIPI if there is an irqchip.
     *
     * @param id its number and APIC id, 0 to 7
     */
    public Vcpu createVcpu(int id) {
        Fd vcpu = Fd.owning(Request.KVM_CREATE_VCPU.call(fd, id));
        try {
            return new Vcpu(id, vcpu, kvm.runSize());
        } catch (RuntimeException e) {
            vcpu.close();
            throw e;
        }
    }

    /**
     * An interrupt line; its holder closes it.
     *
     * @param gsi global system interrupt, which is the IOAPIC's pin
     */
    public IrqFd interrupt(int gsi) {
        return new IrqFd(fd, gsi);
    }

    /** Writes of the guest that signal eventfds. */
    public Doorbells doorbells() {
        return doorbells;
    }

    /**
     * Delivers a message-signalled interrupt (Intel SDM volume 3A, 11.11).
     *
     * @return whether a vCPU took it; false if all that it is for have it masked
     */
    public boolean signalMsi(long address, int data) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment msi = arena.allocate(MSI_SIZE, Integer.BYTES);
            msi.set(ValueLayout.JAVA_INT, OFFSET_ADDRESS_LO, (int) address);
            msi.set(ValueLayout.JAVA_INT, OFFSET_ADDRESS_HI, (int) (address >>> 32));
            msi.set(ValueLayout.JAVA_INT, OFFSET_DATA, data);
            return Request.KVM_SIGNAL_MSI.call(fd, msi) > 0;
        }
    }

    /** Reads a block of state; the array has the block's size. */
    public byte[] read(VmBlock block) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structure = arena.allocate(block.size(), Long.BYTES);
            structure.set(ValueLayout.JAVA_INT, 0, block.chip());
            block.get().call(fd, structure);
            return structure.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Writes a block of state that {@link #read} returned, perhaps changed. */
    public void write(VmBlock block, byte[] state) {
        if (state.length != block.size()) {
            throw new IllegalArgumentException(block + " of " + state.length + " bytes");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment structure = arena.allocate(state.length, Long.BYTES);
            MemorySegment.copy(state, 0, structure, ValueLayout.JAVA_BYTE, 0, state.length);
            block.set().call(fd, structure);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
