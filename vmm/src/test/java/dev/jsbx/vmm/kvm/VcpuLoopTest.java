package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.vmm.linux.Fd;
import dev.jsbx.vmm.linux.Files;
import dev.jsbx.vmm.linux.MemFd;
import dev.jsbx.vmm.memory.MemoryWindow;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Exits of tiny guests on the KVM of this host. */
class VcpuLoopTest {
    private final RecordingDevice device = new RecordingDevice();

    @BeforeEach
    void needsKvm() {
        TinyGuest.assumeKvm();
    }

    @Test
    void portAccessesOfAllSizesReachTheDeviceAndComeBack() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.ports.attach(0x3f0, 8, device);
            guest.code(
                    "66baf003 b011 ee" // mov dx, 0x3f0; mov al, 0x11; out dx, al
                            + "66b82222 66ef" // mov ax, 0x2222; out dx, ax
                            + "b833333333 ef" // mov eax, 0x33333333; out dx, eax
                            + "ec 88042500001000" // in al, dx; mov [0x100000], al
                            + "66ed 6689042504001000" // in ax, dx; mov [0x100004], ax
                            + "ed 89042508001000 f4"); // in eax, dx; mov [0x100008], eax; hlt

            assertThat(guest.run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(device.accesses)
                    .containsExactly(
                            "write 0/1 11",
                            "write 0/2 2222",
                            "write 0/4 33333333",
                            "read 0/1",
                            "read 0/2",
                            "read 0/4");
            assertThat(guest.get(0x100000)).isEqualTo(0x0000a1a1_000000a0L);
            assertThat(guest.get(0x100008)).isEqualTo(0xa2a2a2a2L);
            assertThat(guest.histogram.lines())
                    .containsExactly(
                            new ExitHistogram.Line(ExitReason.KVM_EXIT_IO, 0x3f0, 6),
                            new ExitHistogram.Line(ExitReason.KVM_EXIT_HLT, 0, 1));
        }
    }

    @Test
    void stringInstructionsAccessElementByElement() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.ports.attach(0x3f0, 8, device);
            guest.put(0x100000, "0102030405 11111111 22222222 33333333");
            guest.code(
                    "66baf003 be00001000 b905000000 fc f36e" // mov esi, 0x100000; rep outsb × 5
                            + "b903000000 f36f" // rep outsd × 3
                            + "bf00001100 b904000000 66f36d f4"); // rep insw × 4 to 0x110000

            assertThat(guest.run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(device.accesses)
                    .containsExactly(
                            "write 0/1 1",
                            "write 0/1 2",
                            "write 0/1 3",
                            "write 0/1 4",
                            "write 0/1 5",
                            "write 0/4 11111111",
                            "write 0/4 22222222",
                            "write 0/4 33333333",
                            "read 0/2",
                            "read 0/2",
                            "read 0/2",
                            "read 0/2");
            assertThat(guest.get(0x110000)).isEqualTo(0xa3a3_a2a2_a1a1_a0a0L);
        }
    }

    @Test
    void mmioAccessesOfAllSizesReachTheDeviceAndComeBack() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.mmio.attach(TinyGuest.DEVICE, 0x1000, device);
            guest.code(
                    "48bb000000c000000000 c60311" // mov rbx, DEVICE; mov byte [rbx], 0x11
                            + "66c743022222 c7430433333333" // word [rbx+2], dword [rbx+4]
                            + "48b85555555544444444 48894308" // qword [rbx+8]
                            + "8a03 88042500001000" // mov al, [rbx]; mov [0x100000], al
                            + "668b4302 6689042504001000"
                            + "8b4304 89042508001000"
                            + "488b4308 4889042510001000 f4");

            assertThat(guest.run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(device.accesses)
                    .containsExactly(
                            "write 0/1 11",
                            "write 2/2 2222",
                            "write 4/4 33333333",
                            "write 8/8 4444444455555555",
                            "read 0/1",
                            "read 2/2",
                            "read 4/4",
                            "read 8/8");
            assertThat(guest.get(0x100000)).isEqualTo(0x0000a1a1_000000a0L);
            assertThat(guest.get(0x100008)).isEqualTo(0xa2a2a2a2L);
            assertThat(guest.get(0x100010)).isEqualTo(0xa3a3a3a3a3a3a3a3L);
        }
    }

    @Test
    void anAccessAcrossTwoPagesArrivesInPieces() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.mmio.attach(TinyGuest.DEVICE, 0x1000, device);
            // mov eax, [DEVICE + 0xffd]: three bytes of the device, one where nothing is
            guest.code("48bb000000c000000000 8b83fd0f0000 89042500001000 f4");

            assertThat(guest.run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(device.accesses).containsExactly("read ffd/1", "read ffe/1", "read fff/1");
            assertThat(guest.get(0x100000)).isEqualTo(0xffa2a1a0L);
        }
    }

    @Test
    void whereNoDeviceIsReadsGiveOnesAndWritesAreLost() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            // in al, 0x80; mov [0x100000], al; out 0x80, al; mov eax, [DEVICE]; …
            guest.code(
                    "e480 88042500001000 e680 48bb000000c000000000 8b03 890425"
                            + "04001000 8903 f4");

            assertThat(guest.run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(guest.get(0x100000)).isEqualTo(0xffffffff_000000ffL);
        }
    }

    @Test
    void aTripleFaultIsAShutdown() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.code("0f0b"); // ud2, and no gate for it nor for what follows

            VcpuExit exit = guest.run();
            assertThat(exit.kind()).isEqualTo(VcpuExit.Kind.SHUTDOWN);
            assertThat(exit.detail()).contains("RIP").contains("CR3");
        }
    }

    @Test
    void anInternalErrorIsReportedWithRegistersAndInstruction() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.code("48c7c078563412 9b f4"); // mov rax, 0x12345678; fwait; hlt

            VcpuExit exit = guest.run();
            // KVMs that execute the guest on the CPU know the instruction; interpreters do not.
            if (exit.kind() == VcpuExit.Kind.HALT) {
                return;
            }
            assertThat(exit.kind()).isEqualTo(VcpuExit.Kind.ERROR);
            assertThat(exit.message())
                    .startsWith("vCPU 0 at rip 0x10007: KVM internal error 1")
                    .contains("instruction bytes 9b");
            assertThat(exit.detail())
                    .contains("RAX       0000000012345678")
                    .contains("RIP       0000000000010007")
                    .contains("CR3       0000000000002000")
                    .contains("CS  0008 base 0000000000000000 limit ffffffff access 9b flags a")
                    .contains("code 9b");
        }
    }

    @Test
    void codeThatRunsIntoADeviceIsAnErrorAndNoHang() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.code("48bb000000c000000000 ffe3"); // mov rbx, DEVICE; jmp rbx

            VcpuExit exit = guest.run();
            assertThat(exit.kind()).isEqualTo(VcpuExit.Kind.ERROR);
            assertThat(exit.message()).contains("vCPU 0 at rip 0xc0000000");
        }
    }

    @Test
    void aDeviceThatThrowsEndsTheRunAndTheThreadSaysSo() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            guest.ports.attach(
                    0x30,
                    1,
                    TinyGuest.sink(
                            value -> {
                                throw new IllegalStateException("broken device");
                            }));
            guest.code("e630 f4");
            VcpuThread thread = guest.thread();
            thread.resume();

            VcpuExit exit = guest.awaitExit();
            assertThat(exit.kind()).isEqualTo(VcpuExit.Kind.ERROR);
            assertThat(exit.message()).contains("a device failed").contains("broken device");
            assertThat(exit.detail()).contains("VcpuLoopTest");
            thread.requestStop();
            thread.join();
        }
    }

    @Test
    void aWindowShowsAFileAndItsEndEndsTheGuest() throws Exception {
        try (Fd file = MemFd.create("file", MemoryWindow.UNIT);
                MemoryWindow window =
                        MemoryWindow.reserve(TinyGuest.HIGH, MemoryWindow.UNIT, () -> {});
                TinyGuest guest = new TinyGuest(false)) {
            guest.vm.setMemorySlot(1, window.gpa(), window.segment());
            assertThat(window.map(0, MemoryWindow.UNIT, true, file.number(), 0)).isZero();
            window.segment().set(ValueLayout.JAVA_LONG, 0, 0x1234);
            guest.code(
                    "48bb0000000001000000 488b03 4889042500001000" // read from 4 GiB
                            + "48894308" // write behind it
                            + "488b8300100000 f4"); // read the page after

            assertThat(guest.run().kind()).isEqualTo(VcpuExit.Kind.HALT);
            assertThat(guest.get(0x100000)).isEqualTo(0x1234);
            assertThat(window.segment().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(0x1234);

            Files.truncate(file, 4096);
            VcpuExit end = guest.enter().run();
            // A KVM that interprets its guests reads zeros there.
            if (end.kind() != VcpuExit.Kind.HALT) {
                assertThat(end.kind()).isEqualTo(VcpuExit.Kind.ERROR);
                assertThat(end.message()).contains("nothing behind it");
            }

            guest.loop.onMemoryFault(() -> window.fillBeyondEnd(0, MemoryWindow.UNIT) == 4096);
            assertThat(guest.enter().run().kind()).isEqualTo(VcpuExit.Kind.HALT);
        }
    }
}
