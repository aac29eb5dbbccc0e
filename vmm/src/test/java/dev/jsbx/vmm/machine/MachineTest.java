package dev.jsbx.vmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.jsbx.vmm.boot.LinuxImage;
import dev.jsbx.vmm.bus.BusDevice;
import dev.jsbx.vmm.kvm.ExitReason;
import dev.jsbx.vmm.kvm.Kvm;
import dev.jsbx.vmm.kvm.Register;
import dev.jsbx.vmm.memory.GuestMemory;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole machines on the KVM of this host, with kernels of a few instructions. */
@Timeout(60)
class MachineTest {
    private static final long MEMORY = 32 << 20;
    private static final String SPIN = "48ffc0 ebfb"; // inc rax; jmp

    @TempDir Path dir;
    private Kvm kvm;
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue(
                Files.isReadable(Kvm.DEVICE) && Files.isWritable(Kvm.DEVICE),
                "no /dev/kvm that this user may open");
        kvm = Kvm.open();
    }

    @AfterEach
    void close() {
        if (kvm != null) {
            kvm.close();
        }
    }

    private Machine machine(int cpus) {
        return Machine.create(kvm, cpus, GuestMemory.allocatePrivate(MEMORY), console::write);
    }

    private LinuxImage image(String code) throws Exception {
        return new LinuxImage(TinyKernel.write(dir.resolve("kernel"), code), List.of(), "");
    }

    private MachineExit run(String code) throws Exception {
        try (Machine machine = machine(1)) {
            machine.load(image(code));
            machine.start();
            return machine.awaitExit();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POWER_OFF, 66ba0006 b034 ee", // mov dx, 0x600; mov al, S5 | SLP_EN; out dx, al
        "RESET, 66ba0206 b001 ee", // mov dx, 0x602; mov al, 1; out dx, al
        "RESET, b0fe e664", // mov al, 0xfe; out 0x64, al
        "PANIC, 66ba0505 b001 ee", // mov dx, 0x505; mov al, 1; out dx, al
        "TRIPLE_FAULT, 0f0b" // ud2 without any gate
    })
    void theGuestEndsItsMachine(MachineExit.Kind kind, String code) throws Exception {
        MachineExit exit = run(code + SPIN);
        assertThat(exit.kind()).isEqualTo(kind);
        assertThat(exit.message()).isNotEmpty().doesNotContain("\n");
    }

    @Test
    void whatTheGuestSaysOnTheSerialPortArrives() throws Exception {
        run("66baf803 b068 ee b069 ee 66ba0006 b034 ee" + SPIN); // "hi" to 0x3f8; power-off
        assertThat(console).hasToString("hi");
    }

    @Test
    void theGuestIsEnteredAsLinuxWantsIt() throws Exception {
        try (Machine machine = machine(1)) {
            machine.load(image(SPIN));
            assertThat(machine.vcpus().getFirst().regs().get(Register.RSI)).isEqualTo(0x7000);
            assertThat(machine.vcpus().getFirst().regs().get(Register.RIP))
                    .isEqualTo(0x1000000 + 120);
            assertThat(machine.memory().slice(0x71fe, 2).get(ValueLayout.JAVA_SHORT, 0))
                    .isEqualTo((short) 0xaa55);
        }
    }

    @Test
    void aSpinningMachineIsPausedResumedAndStopped() throws Exception {
        try (Machine machine = machine(2)) {
            machine.load(image(SPIN));
            machine.start();
            long before = 0;
            for (int i = 0; i < 20; i++) {
                before = progress(machine, before);
                machine.resume();
            }
            machine.stop();
            assertThat(machine.awaitExit().kind()).isEqualTo(MachineExit.Kind.STOPPED);
        }
    }

    /** Pauses the machine once its vCPU 0 has counted on. @return how far */
    private static long progress(Machine machine, long before) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            machine.pause();
            long now = machine.vcpus().getFirst().regs().get(Register.RAX);
            if (now > before) {
                return now;
            }
            assertThat(System.nanoTime()).as("the guest counts on").isLessThan(deadline);
            machine.resume();
        }
    }

    @Test
    void devicesGetPlacesInterruptsAndTheirAccesses() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        try (Machine machine = machine(1)) {
            MmioSlot first = machine.nextSlot();
            MmioSlot second = machine.nextSlot();
            assertThat(first.gpa()).isEqualTo(0xc0000000L);
            assertThat(second.gpa()).isEqualTo(0xc0001000L);
            assertThat(second.gsi()).isEqualTo(first.gsi() + 1);
            machine.attach(second, writes(written));
            // The first tables map one GiB. Its last page becomes the devices' first 2 MiB:
            // mov dword [0xbff8], 0xc0000083; mov [0x3fe01050], eax; power-off
            machine.load(image("c70425f8bf0000830000c0 8904255010e03f 66ba0006 b034 ee" + SPIN));
            machine.start();
            assertThat(machine.awaitExit().kind()).isEqualTo(MachineExit.Kind.POWER_OFF);
            assertThat(written.getCount()).isZero();
            first.interrupt().raise();
        }
    }

    private static BusDevice writes(CountDownLatch written) {
        return new BusDevice() {
            @Override
            public long read(long offset, int size) {
                return 0;
            }

            @Override
            public void write(long offset, int size, long value) {
                if (offset == 0x50 && size == 4) {
                    written.countDown();
                }
            }
        };
    }

    @Test
    void theTimelineAndTheHistogramTellOfTheStart() throws Exception {
        try (Machine machine = machine(1)) {
            // mov dx, 0x7b0; mov al, 123; out dx, al; power-off
            machine.load(image("66bab007 b07b ee 66ba0006 b034 ee" + SPIN));
            machine.start();
            machine.awaitExit();
            assertThat(machine.timeline().marks())
                    .extracting(Timeline.Mark::name)
                    .containsExactly("machine", "kernel loaded", "guest entered", "ended");
            assertThat(machine.bootTimer().at(BootTimer.INIT)).isNotZero();
            assertThat(machine.bootTimer().at(1)).isZero();
            assertThat(machine.exits())
                    .extracting(line -> ExitReason.name(line.reason()) + " " + line.address())
                    .contains("IO " + BootTimer.PORT, "IO " + 0x600);
        }
    }

    @Test
    void aMachineHasRoomForSoManyDevices() {
        try (Machine machine = machine(1)) {
            for (int i = 0; i < Machine.MAX_DEVICES; i++) {
                machine.nextSlot();
            }
            assertThatIllegalStateException()
                    .isThrownBy(machine::nextSlot)
                    .withMessage("a machine has at most 17 devices");
        }
    }

    @Test
    void theNumberOfCpusIsChecked() {
        for (int cpus : new int[] {-1, 0, 9}) {
            assertThatIllegalArgumentException().isThrownBy(() -> machine(cpus));
        }
    }

    @Test
    void aMachineThatNeverRanIsClosed() throws Exception {
        for (int cpus : new int[] {1, 8}) {
            Machine machine = machine(cpus);
            machine.load(image(SPIN));
            machine.close();
            assertThat(machine.exit().join().kind()).isEqualTo(MachineExit.Kind.STOPPED);
        }
    }
}
