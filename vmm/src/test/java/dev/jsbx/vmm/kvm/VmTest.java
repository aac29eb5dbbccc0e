package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.jsbx.vmm.linux.Epoll;
import dev.jsbx.vmm.linux.EventFd;
import dev.jsbx.vmm.linux.LinuxException;
import dev.jsbx.vmm.linux.Mapping;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VmTest {
    // Mask the PIC, which gets the same interrupts as the IOAPIC: mov al, 0xff; out 0x21, al.
    // Enable the local APIC: mov ebx, 0xfee000f0; mov dword [rbx], 0x1ff.
    private static final String ENABLE_LAPIC = "b0ff e621 bbf000e0fe c703ff010000";

    // out 0x30 ← 1; sti; hlt; jmp to hlt
    private static final String WAIT = "b001 e630 fb f4 ebfd";

    // mov al, 2; out 0x30, al; end of interrupt to the local APIC; iretq
    private static final String HANDLER = "b002 e630 bbb000e0fe c70300000000 48cf";

    @BeforeEach
    void needsKvm() {
        TinyGuest.assumeKvm();
    }

    @Test
    void aDoorbellSignalsItsEventfdAndReachesNoDevice() throws Exception {
        try (TinyGuest guest = new TinyGuest(false);
                EventFd bell = EventFd.create();
                Epoll epoll = new Epoll(1)) {
            RecordingDevice device = new RecordingDevice();
            guest.mmio.attach(TinyGuest.DEVICE, 0x1000, device);
            guest.vm.doorbells().register(TinyGuest.DEVICE + 0x50, 1, bell);
            epoll.add(bell.fd().number(), Epoll.EPOLLIN, 7);
            // mov rbx, DEVICE; mov dword [rbx + 0x50], 1; … 2; … 1; hlt
            String notify = "48bb000000c000000000 c7435001000000 c7435002000000 c7435001000000 f4";

            assertThat(guest.code(notify).run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(epoll.await(10_000)).isEqualTo(1);
            assertThat(epoll.token(0)).isEqualTo(7);
            assertThat(bell.drain()).isEqualTo(2);
            assertThat(device.accesses).containsExactly("write 50/4 2");

            guest.vm.doorbells().unregister(TinyGuest.DEVICE + 0x50, 1, bell);
            assertThat(guest.code(notify).run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(bell.drain()).isZero();
            assertThat(device.accesses).hasSize(4);
        }
    }

    @Test
    void aDoorbellCannotBeRegisteredTwice() throws Exception {
        try (TinyGuest guest = new TinyGuest(false);
                EventFd bell = EventFd.create()) {
            guest.vm.doorbells().register(TinyGuest.DEVICE, 0, bell);
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> guest.vm.doorbells().register(TinyGuest.DEVICE, 0, bell))
                    .withMessageContaining("KVM_IOEVENTFD");
        }
    }

    @Test
    void anInterruptLineInterruptsThroughTheIoapic() throws Exception {
        try (TinyGuest guest = new TinyGuest(true);
                IrqFd line = guest.vm.interrupt(5)) {
            BlockingQueue<Integer> told = tell(guest);
            // IOAPIC pin 5: vector 0x40, edge, to APIC 0
            String pin = "bb0000c0fe c7031a000000 c7431040000000 c7031b000000 c7431000000000";
            VcpuThread thread = guest.code(ENABLE_LAPIC + pin + WAIT).thread();
            thread.resume();
            assertThat(told.poll(10, TimeUnit.SECONDS)).as("the guest waits").isEqualTo(1);
            for (int i = 0; i < 20; i++) {
                line.raise();
                assertThat(told.poll(10, TimeUnit.SECONDS))
                        .as("interrupt %d, %s", i, guest.exits)
                        .isEqualTo(2);
            }
            thread.requestStop();
            thread.join();
            assertThat(guest.exits).isEmpty();
        }
    }

    @Test
    void aMessageSignalledInterruptReachesTheLocalApic() throws Exception {
        try (TinyGuest guest = new TinyGuest(true)) {
            BlockingQueue<Integer> told = tell(guest);
            VcpuThread thread = guest.code(ENABLE_LAPIC + WAIT).thread();
            thread.resume();
            assertThat(told.poll(10, TimeUnit.SECONDS)).as("the guest waits").isEqualTo(1);
            assertThat(guest.vm.signalMsi(0xfee00000L, 0x40)).isTrue();
            assertThat(told.poll(10, TimeUnit.SECONDS)).as("the interrupt").isEqualTo(2);
            thread.requestStop();
            thread.join();
        }
    }

    /** Prepares handler and gate of vector 0x40; the queue gets what is written to port 0x30. */
    private static BlockingQueue<Integer> tell(TinyGuest guest) {
        BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
        guest.ports.attach(0x30, 1, TinyGuest.sink(told::add));
        guest.put(0xa000, HANDLER).gate(0x40, 0xa000);
        return told;
    }

    @Test
    void memoryAboveFourGibibytesIsTheGuests() throws Exception {
        try (TinyGuest guest = new TinyGuest(false, (3L << 30) + (4 << 20))) {
            assertThat(guest.memory.regions()).hasSize(2);
            guest.set(TinyGuest.HIGH + 8, 0x1122334455667788L);
            // mov rbx, 4 GiB; mov rax, [rbx + 8]; mov [rbx], rax; hlt
            guest.code("48bb0000000001000000 488b4308 488903 f4");
            assertThat(guest.run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(guest.get(TinyGuest.HIGH)).isEqualTo(0x1122334455667788L);
        }
    }

    @Test
    void aSlotComesAndGoes() throws Exception {
        try (TinyGuest guest = new TinyGuest(false);
                Mapping page = Mapping.anonymous(4096)) {
            String readDevice = "48bb000000c000000000 8b03 89042500001000 f4";
            page.segment().set(java.lang.foreign.ValueLayout.JAVA_INT, 0, 0x0abcdef0);
            guest.vm.setMemorySlot(5, TinyGuest.DEVICE, page.segment());
            guest.code(readDevice).run();
            assertThat(guest.get(0x100000)).isEqualTo(0x0abcdef0);

            guest.vm.setMemorySlot(5, TinyGuest.DEVICE, page.segment().asSlice(0, 0));
            guest.code(readDevice).run();
            assertThat(guest.get(0x100000)).isEqualTo(0xffffffffL);
        }
    }

    @Test
    void slotsMayNotOverlap() throws Exception {
        try (TinyGuest guest = new TinyGuest(false);
                Mapping page = Mapping.anonymous(4096)) {
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> guest.vm.setMemorySlot(5, 0x1000, page.segment()))
                    .withMessageContaining("KVM_SET_USER_MEMORY_REGION")
                    .withMessageContaining("EEXIST");
        }
    }

    @Test
    void stateOfTheInKernelDevicesIsReadAndWritten() throws Exception {
        try (TinyGuest guest = new TinyGuest(true)) {
            guest.vm.createPit();
            for (VmBlock block : VmBlock.values()) {
                byte[] state = guest.vm.read(block);
                assertThat(state).hasSize(block.size());
                guest.vm.write(block, state);
                if (block.name().contains("PIC")) { // the others contain the time
                    assertThat(guest.vm.read(block)).isEqualTo(state);
                }
            }
        }
    }

    @Test
    void theClockGoesOnFromWhereItIsSet() throws Exception {
        try (TinyGuest guest = new TinyGuest(true)) {
            long hour = TimeUnit.HOURS.toNanos(1);
            ByteBuffer clock =
                    ByteBuffer.wrap(guest.vm.read(VmBlock.CLOCK)).order(ByteOrder.LITTLE_ENDIAN);
            clock.putLong(VmBlock.CLOCK_OFFSET_CLOCK, hour).putInt(VmBlock.CLOCK_OFFSET_FLAGS, 0);
            guest.vm.write(VmBlock.CLOCK, clock.array());
            ByteBuffer now =
                    ByteBuffer.wrap(guest.vm.read(VmBlock.CLOCK)).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(now.getLong(VmBlock.CLOCK_OFFSET_CLOCK)).isGreaterThanOrEqualTo(hour);
        }
    }
}
