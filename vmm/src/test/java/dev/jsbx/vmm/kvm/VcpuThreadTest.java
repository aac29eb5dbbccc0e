package dev.jsbx.vmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VcpuThreadTest {
    private static final String SPIN = "48ffc0 ebfb"; // inc rax; jmp

    @BeforeEach
    void needsKvm() {
        TinyGuest.assumeKvm();
    }

    @Test
    void aSpinningGuestCanBePausedResumedAndStopped() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            VcpuThread thread = guest.code(SPIN).thread();
            long before = 0;
            for (int i = 0; i < 50; i++) {
                thread.resume();
                awaitProgress(guest, thread, before);
                before = guest.vcpu.regs().get(Register.RAX);
            }
            thread.resume();
            thread.requestStop();
            thread.join();
            assertThat(guest.exits).isEmpty();
        }
    }

    private static void awaitProgress(TinyGuest guest, VcpuThread thread, long before)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (int millis = 0; ; millis++) {
            Thread.sleep(millis); // on a busy host a pause can come before the first instruction
            thread.requestPause();
            thread.awaitParked();
            if (guest.vcpu.regs().get(Register.RAX) > before) {
                return;
            }
            assertThat(System.nanoTime()).as("the guest counts on").isLessThan(deadline);
            thread.resume();
        }
    }

    @Test
    void aPausedGuestStandsStill() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            VcpuThread thread = guest.code(SPIN).thread();
            thread.resume();
            thread.requestPause();
            thread.awaitParked();
            Regs first = guest.vcpu.regs();
            for (int i = 0; i < 1000; i++) {
                assertThat(guest.vcpu.regs().get(Register.RAX)).isEqualTo(first.get(Register.RAX));
            }
            thread.requestStop();
            thread.join();
        }
    }

    @Test
    void kicksFromManyThreadsAtOnceAreAllConsumed() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            VcpuThread thread = guest.code(SPIN).thread();
            Thread[] kickers = new Thread[4];
            for (int k = 0; k < kickers.length; k++) {
                kickers[k] =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            for (int i = 0; i < 300; i++) {
                                                thread.resume();
                                                thread.requestPause();
                                            }
                                        });
            }
            for (Thread kicker : kickers) {
                kicker.join();
            }
            // A kick that stayed pending would now kill this JVM.
            thread.requestStop();
            thread.join();
            assertThat(guest.exits).isEmpty();
        }
    }

    @Test
    void aDeviceMayPauseAndStopTheVcpuThatCallsIt() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            VcpuThread[] thread = new VcpuThread[1];
            AtomicInteger calls = new AtomicInteger();
            CountDownLatch called = new CountDownLatch(1);
            guest.ports.attach(
                    0x30,
                    1,
                    TinyGuest.sink(
                            value -> {
                                calls.incrementAndGet();
                                thread[0].requestPause();
                                called.countDown();
                            }));
            thread[0] = guest.code("e630 ebfc").thread(); // out 0x30, al; jmp
            thread[0].resume();
            assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
            thread[0].awaitParked();
            assertThat(calls).hasValue(1);
            // The port access was finished before the pause took effect.
            assertThat(guest.vcpu.regs().get(Register.RIP)).isEqualTo(TinyGuest.CODE + 2L);
            thread[0].requestStop();
            thread[0].join();
        }
    }

    @Test
    void anMmioReadIsFinishedBeforeAPauseTakesEffect() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            VcpuThread[] thread = new VcpuThread[1];
            CountDownLatch called = new CountDownLatch(1);
            guest.mmio.attach(
                    TinyGuest.DEVICE,
                    8,
                    new RecordingPause(() -> thread[0].requestPause(), called));
            thread[0] = guest.code("48bb000000c000000000 8b03 ebfe").thread();
            thread[0].resume();
            assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
            thread[0].awaitParked();
            assertThat(guest.vcpu.regs().get(Register.RAX)).isEqualTo(0x5a5a5a5aL);
            thread[0].requestStop();
            thread[0].join();
        }
    }

    private record RecordingPause(Runnable pause, CountDownLatch called)
            implements dev.jsbx.vmm.bus.BusDevice {
        @Override
        public long read(long offset, int size) {
            pause.run();
            called.countDown();
            return 0x5a5a5a5aL;
        }

        @Override
        public void write(long offset, int size, long value) {}
    }

    @Test
    void afterAnExitTheVcpuIsParkedAndCanGoOn() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            VcpuThread thread = guest.code("48ffc0 f4 ebfa").thread(); // inc rax; hlt; jmp
            for (int i = 1; i <= 3; i++) {
                thread.resume();
                assertThat(guest.awaitExit().kind()).isEqualTo(VcpuExit.Kind.HALT);
                thread.awaitParked();
                assertThat(guest.vcpu.regs().get(Register.RAX)).isEqualTo(i);
            }
            thread.requestStop();
            thread.join();
        }
    }

    @Test
    void aThreadThatIsStoppedBeforeItRanEnds() throws Exception {
        try (TinyGuest guest = new TinyGuest(false)) {
            VcpuThread thread = guest.code(SPIN).thread();
            thread.requestStop();
            thread.resume();
            thread.join();
            assertThat(guest.vcpu.regs().get(Register.RAX)).isZero();
        }
    }

    @Test
    void aSecondProcessorStartsByInitAndSipi() throws Exception {
        try (TinyGuest guest = new TinyGuest(true)) {
            CountDownLatch told = new CountDownLatch(1);
            guest.ports.attach(0x30, 1, TinyGuest.sink(value -> told.countDown()));
            // At 0x8000, in real mode: xor ax, ax; mov ds, ax; mov byte [0x9000], 0x77; hlt; jmp
            guest.put(0x8000, "31c0 8ed8 c606009077 f4 ebfd");
            guest.code(
                    "bb0000e0fe c783f0000000ff010000" // mov ebx, LAPIC; enable it
                            + "c7831003000000000001 c7830003000000450000" // INIT to APIC 1
                            + "c7831003000000000001 c7830003000008460000" // SIPI, vector 8
                            + "803c250090000077 75f6" // wait for 0x77
                            + "e630 f4 ebfd"); // out 0x30, al; hlt; jmp
            try (Vcpu second = guest.newVcpu(1)) {
                assertThat(second.mpState()).isEqualTo(MpState.UNINITIALIZED);
                VcpuThread one = guest.thread(second, guest.loop(second));
                VcpuThread zero = guest.thread();
                one.resume();
                zero.resume();
                assertThat(told.await(20, TimeUnit.SECONDS))
                        .as("processor 0 saw what processor 1 wrote: %s", guest.exits)
                        .isTrue();
                zero.requestStop();
                one.requestStop();
                zero.join();
                one.join();
                assertThat(second.mpState()).isEqualTo(MpState.HALTED);
            }
        }
    }
}
