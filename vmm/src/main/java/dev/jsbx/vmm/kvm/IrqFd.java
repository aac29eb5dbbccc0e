package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.InterruptLine;
import dev.jsbx.vmm.linux.EventFd;
import dev.jsbx.vmm.linux.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An interrupt of the in-kernel controllers, raised through an eventfd ({@code KVM_IRQFD}). */
public final class IrqFd implements InterruptLine, AutoCloseable {
    // struct kvm_irqfd
    private static final int SIZE = 32;
    private static final int OFFSET_FD = 0;
    private static final int OFFSET_GSI = 4;
    private static final int OFFSET_FLAGS = 8;
    private static final int FLAG_DEASSIGN = 1;

    private final Fd vm;
    private final int gsi;
    private final EventFd event;

    IrqFd(Fd vm, int gsi) {
        this.vm = vm;
        this.gsi = gsi;
        this.event = EventFd.create();
        try {
            connect(0);
        } catch (RuntimeException e) {
            event.close();
            throw e;
        }
    }

    private void connect(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment irqfd = arena.allocate(SIZE, Integer.BYTES);
            irqfd.set(ValueLayout.JAVA_INT, OFFSET_FD, event.fd().number());
            irqfd.set(ValueLayout.JAVA_INT, OFFSET_GSI, gsi);
            irqfd.set(ValueLayout.JAVA_INT, OFFSET_FLAGS, flags);
            Request.KVM_IRQFD.call(vm, irqfd);
        }
    }

    /** The global system interrupt that it raises. */
    public int gsi() {
        return gsi;
    }

    /** The eventfd, for peers in other processes. */
    public EventFd event() {
        return event;
    }

    @Override
    public void raise() {
        event.signal();
    }

    @Override
    public void close() {
        connect(FLAG_DEASSIGN);
        event.close();
    }
}
