package dev.jsbx.vmm.kvm;

import dev.jsbx.vmm.bus.Doorbells;
import dev.jsbx.vmm.linux.EventFd;
import dev.jsbx.vmm.linux.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Doorbells in the kernel ({@code KVM_IOEVENTFD}): the vCPU that writes goes on at once, and the
 * eventfd wakes whoever serves the queue.
 */
final class IoEventFds implements Doorbells {
    // struct kvm_ioeventfd
    private static final int SIZE = 64;
    private static final int OFFSET_DATAMATCH = 0;
    private static final int OFFSET_ADDR = 8;
    private static final int OFFSET_LEN = 16;
    private static final int OFFSET_FD = 20;
    private static final int OFFSET_FLAGS = 24;
    private static final int FLAG_DATAMATCH = 1;
    private static final int FLAG_DEASSIGN = 4;

    private final Fd vm;

    IoEventFds(Fd vm) {
        this.vm = vm;
    }

    @Override
    public void register(long gpa, int value, EventFd event) {
        connect(gpa, value, event, FLAG_DATAMATCH);
    }

    @Override
    public void unregister(long gpa, int value, EventFd event) {
        connect(gpa, value, event, FLAG_DATAMATCH | FLAG_DEASSIGN);
    }

    private void connect(long gpa, int value, EventFd event, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ioeventfd = arena.allocate(SIZE, Long.BYTES);
            ioeventfd.set(ValueLayout.JAVA_LONG, OFFSET_DATAMATCH, Integer.toUnsignedLong(value));
            ioeventfd.set(ValueLayout.JAVA_LONG, OFFSET_ADDR, gpa);
            ioeventfd.set(ValueLayout.JAVA_INT, OFFSET_LEN, Integer.BYTES);
            ioeventfd.set(ValueLayout.JAVA_INT, OFFSET_FD, event.fd().number());
            ioeventfd.set(ValueLayout.JAVA_INT, OFFSET_FLAGS, flags);
            Request.KVM_IOEVENTFD.call(vm, ioeventfd);
        }
    }
}
