package dev.jsbx.vmm.machine;

import dev.jsbx.vmm.boot.LinuxImage;
import dev.jsbx.vmm.kvm.ExitReason;
import dev.jsbx.vmm.kvm.Kvm;
import dev.jsbx.vmm.kvm.Register;
import dev.jsbx.vmm.kvm.SelfTest;
import dev.jsbx.vmm.kvm.SelfTestResult;
import dev.jsbx.vmm.memory.GuestMemory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Boots a kernel from the command line: KERNEL INITRD CPUS MIB ARGUMENTS…; for experiments. */
final class BootMain {
    private BootMain() {}

    public static void main(String[] args) throws Exception {
        long t0 = System.nanoTime();
        if (args[0].equals("selftest")) {
            SelfTestResult result = SelfTest.run();
            System.out.println(result.verdict());
            result.figures().forEach(System.out::println);
            return;
        }
        int cpus = Integer.parseInt(args[2]);
        long mib = Long.parseLong(args[3]);
        String line = Arrays.stream(args).skip(4).collect(Collectors.joining(" "));
        try (Kvm kvm = Kvm.open()) {
            GuestMemory memory =
                    "memfd".equals(System.getenv("MEMORY"))
                            ? GuestMemory.allocate(mib << 20, false)
                            : GuestMemory.allocatePrivate(mib << 20);
            try (Machine machine = Machine.create(kvm, cpus, memory, b -> System.out.write(b))) {
                machine.load(new LinuxImage(Path.of(args[0]), List.of(Path.of(args[1])), line));
                machine.start();
                long limit = Long.parseLong(System.getenv().getOrDefault("LIMIT", "100"));
                MachineExit exit =
                        machine.exit().completeOnTimeout(null, limit, TimeUnit.SECONDS).join();
                if (exit == null) {
                    machine.pause();
                    machine.vcpus()
                            .forEach(
                                    cpu ->
                                            System.out.printf(
                                                    "vCPU %d %s at %#x%n",
                                                    cpu.id(),
                                                    cpu.mpState(),
                                                    cpu.regs().get(Register.RIP)));
                    machine.stop();
                }
                exit = machine.awaitExit();
                System.out.flush();
                System.out.println(exit.kind() + ": " + exit.message());
                System.out.println(exit.detail());
                for (Timeline.Mark mark : machine.timeline().marks()) {
                    System.out.printf("%8d us %s%n", (mark.nanos() - t0) / 1000, mark.name());
                }
                long init = machine.bootTimer().at(BootTimer.INIT);
                if (init != 0) {
                    System.out.printf("%8d us init%n", (init - t0) / 1000);
                }
                machine.exits().stream()
                        .limit(15)
                        .forEach(
                                l ->
                                        System.out.printf(
                                                "%8d %s %#x%n",
                                                l.count(),
                                                ExitReason.name(l.reason()),
                                                l.address()));
            }
        }
    }
}
