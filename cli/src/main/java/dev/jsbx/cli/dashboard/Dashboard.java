package dev.jsbx.cli.dashboard;

import dev.jsbx.cli.policy.PolicyPlaces;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.netstack.audit.AuditEvent;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Shows a panel, and does what keys say, until one of them ends it. One thread. */
public final class Dashboard {
    private static final long REFRESH_NANOS = 1_000_000_000;
    private static final long KEY_MILLIS = 100;
    private static final int FRAME = 5; // title, head, detail, message, keys

    private final Screen screen;
    private final Keys keys;
    private final Commands commands;
    private final SandboxPanel sandboxes;
    private final NetworkPanel network;
    private Panel panel;
    private volatile String message = "";
    private String removing; // asked for, and not yet confirmed
    private boolean over;

    Dashboard(
            Screen screen,
            Keys keys,
            Commands commands,
            SandboxPanel sandboxes,
            NetworkPanel network) {
        this.screen = screen;
        this.keys = keys;
        this.commands = commands;
        this.sandboxes = sandboxes;
        this.network = network;
        this.panel = sandboxes;
    }

    /**
     * Shows it on the terminal of standard input and output until the user leaves.
     *
     * @param jsbx the program that does what keys ask for
     * @param plain whether to do without reverse video
     */
    public static void run(Path jsbx, boolean plain) throws IOException, InterruptedException {
        try (TerminalScreen screen = new TerminalScreen(System.out, !plain)) {
            Thread restore = new Thread(screen::close, "restore");
            Runtime.getRuntime().addShutdownHook(restore);
            // Not closed: it is everybody's standard input.
            Keys keys = new Keys(new FileInputStream(FileDescriptor.in));
            new Dashboard(
                            screen,
                            keys,
                            new ChildCommands(jsbx),
                            new SandboxPanel(new SandboxReader(SandboxStore.open())),
                            new NetworkPanel(PolicyPlaces.audit()))
                    .loop();
        }
    }

    void loop() throws IOException, InterruptedException {
        long next = System.nanoTime();
        while (!over) {
            if (System.nanoTime() - next >= 0) {
                panel.refresh();
                next = System.nanoTime() + REFRESH_NANOS;
            }
            paint();
            Key key = keys.poll(KEY_MILLIS);
            if (key != null) {
                press(key);
                next = System.nanoTime();
            }
        }
    }

    private void press(Key key) throws InterruptedException {
        if (removing != null) {
            confirm(key);
            return;
        }
        message = "";
        switch (key.name()) {
            case UP -> panel.move(-1);
            case DOWN -> panel.move(1);
            case TAB -> panel = panel == sandboxes ? network : sandboxes;
            case INTERRUPT -> over = true;
            case ENTER -> attach();
            case LETTER -> letter(key.letter());
            default -> {}
        }
    }

    private void letter(char letter) throws InterruptedException {
        switch (letter) {
            case 'q' -> over = true;
            case 'k' -> panel.move(-1);
            case 'j' -> panel.move(1);
            default -> {
                if (panel == sandboxes) {
                    onSandbox(letter);
                } else {
                    onAttempt(letter);
                }
            }
        }
    }

    private void onSandbox(char letter) throws InterruptedException {
        SandboxPanel.Row row = sandboxes.chosenRow();
        if (row == null) {
            return;
        }
        switch (letter) {
            case 'x' -> onTerminal("exec", "-it", row.name(), "bash");
            case 's' -> {
                String verb = row.state().equals("running") ? "stop" : "start";
                message = verb + " " + row.name();
                beside(verb, row.name());
            }
            case 'r' -> {
                removing = row.name();
                message = "Remove " + removing + " and all that is in it? y or n";
            }
            default -> {}
        }
    }

    private void confirm(Key key) {
        String name = removing;
        removing = null;
        if (key.is('y')) {
            message = "rm " + name;
            beside("rm", "-f", name);
        } else {
            message = name + " stays";
        }
    }

    private void attach() throws InterruptedException {
        SandboxPanel.Row row = sandboxes.chosenRow();
        if (panel == sandboxes && row != null) {
            onTerminal("run", row.name());
        }
    }

    private void onAttempt(char letter) {
        AuditEvent event = network.chosenEvent();
        String verb =
                switch (letter) {
                    case 'a', 'A' -> "allow";
                    case 'd', 'D' -> "deny";
                    default -> "";
                };
        if (event == null || verb.isEmpty()) {
            return;
        }
        String host = event.field("name").isEmpty() ? event.field("address") : event.field("name");
        List<String> words = new ArrayList<>(List.of("policy", verb, "network"));
        if (Character.isLowerCase(letter)) {
            words.addAll(List.of("--sandbox", event.field("sandbox")));
        }
        words.add(host.contains(":") ? "[" + host + "]" : host);
        message = String.join(" ", words);
        beside(words.toArray(String[]::new));
    }

    private void beside(String... words) {
        commands.beside(List.of(words), said -> message = said);
    }

    private void onTerminal(String... words) throws InterruptedException {
        screen.lend();
        int code;
        try {
            code = commands.onTerminal(List.of(words));
        } finally {
            screen.takeBack();
        }
        message = "jsbx " + String.join(" ", words) + (code == 0 ? "" : " ended with " + code);
    }

    private void paint() {
        int columns = screen.columns();
        int room = Math.max(1, screen.rows() - FRAME);
        List<String> all = panel.lines(columns - 2);
        int chosen = panel.chosen();
        int first = Math.max(0, Math.min(chosen - room / 2, all.size() - room));
        List<String> lines = new ArrayList<>();
        lines.add(Text.cut("jsbx  " + panel.title() + "  (" + all.size() + ")", columns));
        lines.add("  " + panel.head(columns - 2));
        int marked = -1;
        for (int i = first; i < Math.min(all.size(), first + room); i++) {
            if (i == chosen) {
                marked = lines.size();
            }
            lines.add((i == chosen ? "> " : "  ") + all.get(i));
        }
        while (lines.size() < room + 2) {
            lines.add("");
        }
        lines.add(Text.cut(panel.detail(), columns));
        lines.add(Text.cut(message, columns));
        lines.add(Text.cut(panel.keys(), columns));
        screen.show(lines, marked);
    }
}
