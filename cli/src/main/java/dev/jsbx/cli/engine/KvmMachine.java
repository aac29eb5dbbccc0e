package dev.jsbx.cli.engine;

import dev.jsbx.virtio.mmio.MmioTransport;
import dev.jsbx.vmm.machine.MachineExit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A guest whose vCPUs are threads of this process. */
final class KvmMachine implements Machine {
    private final dev.jsbx.vmm.machine.Machine machine;
    private final List<MmioTransport> transports;
    private final ConsoleFile console;
    private final CompletableFuture<MachineEnd> ended;
    private final AtomicBoolean closed = new AtomicBoolean();

    KvmMachine(
            dev.jsbx.vmm.machine.Machine machine,
            List<MmioTransport> transports,
            ConsoleFile console) {
        this.machine = machine;
        this.transports = transports;
        this.console = console;
        ended = machine.exit().thenApply(KvmMachine::end);
    }

    private static MachineEnd end(MachineExit exit) {
        if (!exit.detail().isEmpty()) {
            System.err.println(exit.message() + "\n" + exit.detail());
        }
        return switch (exit.kind()) {
            case POWER_OFF -> new MachineEnd(MachineEnd.Kind.POWERED_OFF, exit.message());
            // A triple fault is how a kernel resets that was given reboot=t after our own word.
            case RESET, TRIPLE_FAULT -> new MachineEnd(MachineEnd.Kind.RESET, "the guest rebooted");
            case PANIC -> new MachineEnd(MachineEnd.Kind.PANICKED, exit.message());
            case ERROR -> new MachineEnd(MachineEnd.Kind.CRASHED, exit.message());
            case STOPPED -> new MachineEnd(MachineEnd.Kind.STOPPED, "stopped");
        };
    }

    @Override
    public CompletableFuture<MachineEnd> ended() {
        return ended;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        machine.stop();
        // The devices let go of guest memory before it goes away.
        transports.forEach(MmioTransport::close);
        machine.close();
        console.close();
    }
}
