package dev.jsbx.cli.vmm;

import dev.jsbx.cli.Failure;
import dev.jsbx.cli.sandbox.Layer;
import dev.jsbx.cli.sandbox.SandboxConfig;
import dev.jsbx.cli.sandbox.Workspace;
import dev.jsbx.image.store.Image;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the guest's kernel and its agent are told ({@code admin-guide/kernel-parameters}). */
final class KernelCommandLine {
    private static final int MAX_LENGTH = 2047; // COMMAND_LINE_SIZE on x86, less its NUL

    /**
     * Steps of the kernel's start that no sandbox has a use for; names that a kernel lacks do no
     * harm. Together with cryptomgr.notests they take 60 % of the instructions up to init, and a
     * third of the time under TCG: the jitter entropy source and its self-test (the processor's own
     * has seeded the kernel by then), certificates for module signatures, a BTF lookup for
     * congestion control in BPF, enum names and weak symbols for ftrace.
     */
    private static final List<String> UNUSED =
            List.of(
                    "jent_mod_init",
                    "load_system_certificate_list",
                    "bpf_tcp_ca_kfunc_init",
                    "trace_eval_init",
                    "ftrace_check_for_weak_functions");

    /**
     * Patches the code of sched_clock_cpu while all CPUs run it, for a clock that is faster but no
     * better. QEMU's TCG with several threads now and then executes the breakpoint that such a
     * patch puts there after it is gone, and Linux then panics.
     */
    private static final String LATE_PATCH = "sched_clock_init_late";

    private final List<String> words = new ArrayList<>();

    private KernelCommandLine() {}

    /**
     * @param layers on top of the image's root
     * @param verbose whether the kernel tells its console all, or only of its death
     * @param tscKhz of the TSC that the guest sees, 0 if it can find that out itself
     * @param network parameters that the network has for the agent; empty without one
     */
    static String of(
            SandboxConfig config,
            Image image,
            List<Layer> layers,
            boolean verbose,
            long tscKhz,
            String network) {
        KernelCommandLine line = new KernelCommandLine();
        line.console(verbose);
        // Ends as a reset, which ends the machine: no state that only a person could clear.
        line.add("panic=-1 reboot=t");
        // The guest is alone on its CPUs; what it might steal is its own.
        line.add("mitigations=off");
        line.add("audit=0 ima_appraise=off cryptomgr.notests tsc=reliable no_timer_check");
        line.add(
                "initcall_blacklist="
                        + String.join(",", UNUSED)
                        + (isEmulated(config) ? "," + LATE_PATCH : ""));
        if (tscKhz > 0) {
            line.add("tsc_early_khz=" + tscKhz);
        }
        line.disks(config, image, layers);
        line.agent(config, image);
        if (!network.isEmpty()) {
            line.add(network);
        }
        String text = String.join(" ", line.words);
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_LENGTH) {
            throw Failure.own(
                    "the shared directories' paths are too long for a kernel command line: share"
                            + " fewer");
        }
        return text;
    }

    private static boolean isEmulated(SandboxConfig config) {
        return config.engine().equals("qemu");
    }

    // earlycon writes by polling, with no driver to start; at level 1 it has nothing to write but a
    // panic.
    private void console(boolean verbose) {
        add("earlycon=uart8250,io,0x3f8,115200n8 keep_bootcon 8250.nr_uarts=0");
        add(verbose ? "loglevel=7" : "quiet loglevel=1");
    }

    private void disks(SandboxConfig config, Image image, List<Layer> layers) {
        if (image.root().isEmpty()) {
            return;
        }
        int count = 2 + layers.size();
        add("jsbx.root=" + disk(config, 0, count) + " jsbx.upper=" + disk(config, 1, count));
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            String place = disk(config, 2 + i, count) + ":" + layer.type();
            add(
                    "jsbx.layer="
                            + place
                            + (layer.directory().isEmpty() ? "" : ":" + layer.directory()));
        }
    }

    // QEMU's microvm has its devices found from the last to the first.
    private static String disk(SandboxConfig config, int index, int count) {
        return "vd" + (char) ('a' + (isEmulated(config) ? count - 1 - index : index));
    }

    private void agent(SandboxConfig config, Image image) {
        add("jsbx.hostname=" + encode(config.name()));
        if (!image.modules().isEmpty()) {
            add("jsbx.modules=" + String.join(",", image.modules()));
        }
        int i = 0;
        for (Workspace workspace : config.workspaces()) {
            String path = encode(workspace.path().toString());
            add(
                    "jsbx.share="
                            + tag(i++)
                            + ":"
                            + path
                            + (workspace.readOnly() ? ":ro" : "")
                            + (workspace.isFile() ? ":file" : ""));
        }
    }

    /** The virtio-fs tag of a sandbox's directory of that index. */
    static String tag(int index) {
        return "share" + index;
    }

    private void add(String word) {
        words.add(word);
    }

    // As the agent decodes it: what would end a word or a part of one is written %XX.
    private static String encode(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (plain || c == '/' || c == '-' || c == '.' || c == '_') {
                out.append(c);
            } else {
                out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return out.toString();
    }
}
