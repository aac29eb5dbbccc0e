package dev.jsbx.bench.fs;

import dev.jsbx.bench.CProgram;
import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A guest that goes through steps, and the two servers that serve it. */
final class GuestRun implements AutoCloseable {
    private static final String MARK = "@@step";
    private static final String READY = "@@ready";
    private static final int QUEUES = Integer.getInteger("jsbx.bench.queues", 2);
    private static final int MEMORY_MIB = 1024;
    private static final int MEMORY_WITH_NPM_MIB = 2048;

    private final Server ours;
    private final Server theirs;
    private final QemuGuest guest;

    /** Boots the guest, which goes through the steps from the first to the last. */
    GuestRun(Workspace workspace, CProgram program, List<Step> steps) throws IOException {
        ours = Server.jsbx(workspace.ours(), workspace.socket("jsbx"));
        theirs = Server.virtiofsd(workspace.theirs(), workspace.socket("virtiofsd"));
        guest = boot(program, ours, theirs, script(steps));
        ours.onEnd(guest::kill);
        theirs.onEnd(guest::kill);
    }

    private static QemuGuest boot(CProgram program, Server ours, Server theirs, String script)
            throws IOException {
        GuestConfig guest = new GuestConfig();
        if (Workspace.NPM) {
            addNpm(guest);
        }
        return guest.memoryMib(Workspace.NPM ? MEMORY_WITH_NPM_MIB : MEMORY_MIB)
                .module("virtiofs")
                .executable("/bin/fs-rows", program.binary())
                .program("fio")
                .program("git")
                .program("tar")
                .file(".gitconfig", gitConfig())
                .arguments("-machine", "pcie=on")
                .vhostUser("vhost-user-fs-pci", ours.socket(), device("jsbx", QUEUES))
                .vhostUser("vhost-user-fs-pci", theirs.socket(), device("virtiofsd", 1))
                .script(script)
                .boot();
    }

    private static void addNpm(GuestConfig guest) throws IOException {
        guest.program("node");
        try (Stream<Path> files = Files.walk(Workspace.NPM_HOME)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                guest.file(file.toString(), Files.readAllBytes(file));
            }
        }
    }

    private static byte[] gitConfig() {
        return "[safe]\n\tdirectory = *\n".getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Both are on PCI, where each queue has an interrupt of its own. virtiofsd of QEMU 7.2 has one
     * request queue and ends if given more; jsbx gets one for each vCPU, as in use, or as many as
     * {@code jsbx.bench.queues} says.
     */
    private static String[] device(String tag, int queues) {
        return new String[] {"tag=" + tag, "num-request-queues=" + queues, "queue-size=1024"};
    }

    private static String script(List<Step> steps) {
        StringBuilder script =
                new StringBuilder(
                        """
                        mkdir /a /b
                        mount -t virtiofs jsbx /a && mount -t virtiofs virtiofsd /b || exit 1
                        echo mounted
                        cp /a/payload.tar /tmp/
                        [ ! -e /a/npm.tar ] || tar -C /tmp -xf /a/npm.tar
                        cold() { sync; echo 3 > /proc/sys/vm/drop_caches; }
                        for d in /a /b; do
                            echo warming $d up
                            git -C $d/repo status --porcelain
                            fs-rows $d write 256 > /dev/null
                        done
                        echo %s
                        """
                                .formatted(READY));
        for (int i = 0; i < steps.size(); i++) {
            script.append(steps.get(i).script(MARK + i));
        }
        return script.toString();
    }

    /**
     * Waits until the guest has booted and is about to begin.
     *
     * @return false if it does not within that time
     */
    boolean awaitReady(long seconds) {
        return await(READY, seconds) != null;
    }

    /**
     * Waits for a step.
     *
     * @param index the step's place among those the guest goes through
     * @return what the guest printed, null if it ends or prints nothing within that time
     */
    String await(int index, long seconds) {
        return await(MARK + index + " ", seconds);
    }

    private String await(String prefix, long seconds) {
        List<String> lines = guest.awaitLines(line -> line.startsWith(prefix), seconds);
        return lines.isEmpty() ? null : lines.getFirst().substring(prefix.length());
    }

    /** CPU time that a side's server has used so far. */
    double cpuSeconds(boolean jsbx) {
        return (jsbx ? ours : theirs).cpuSeconds();
    }

    /** All that the guest's console shows. */
    String console() {
        return guest.output();
    }

    @Override
    public void close() {
        guest.close();
        ours.close();
        theirs.close();
    }
}
