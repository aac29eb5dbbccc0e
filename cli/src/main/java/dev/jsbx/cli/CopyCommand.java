package dev.jsbx.cli;

import dev.jsbx.cli.run.Copy;
import dev.jsbx.cli.run.Exec;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxName;
import dev.jsbx.cli.sandbox.SandboxStore;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx cp SRC DST}, one of which is {@code SANDBOX:PATH}. */
final class CopyCommand {
    private boolean follow;
    private String[] places = {};

    CommandSpec spec() {
        return Spec.of("cp", "Copy files between this host and a sandbox.", this::call)
                .flag("-L --follow-link", "Copy what a link points to", on -> follow = on)
                .words(
                        "SRC DST",
                        "2",
                        "One is SANDBOX:PATH with an absolute path",
                        words -> places = words)
                .build();
    }

    /** One side of a copy: of the host if there is no sandbox. */
    private record Place(String sandbox, String path) {
        // As with docker cp, a path that begins with a dot or slash is the host's.
        static Place parse(String text) {
            int colon = text.indexOf(':');
            if (colon <= 0 || text.startsWith(".") || text.startsWith("/")) {
                return new Place(null, text);
            }
            String name = text.substring(0, colon);
            return SandboxName.isValid(name)
                    ? new Place(name, text.substring(colon + 1))
                    : new Place(null, text);
        }

        boolean isInside() {
            return sandbox != null;
        }
    }

    private int call() throws InterruptedException, IOException {
        Place from = Place.parse(places[0]);
        Place to = Place.parse(places[1]);
        if (from.isInside() && to.isInside()) {
            throw Failure.failed(
                    "copying between sandboxes is not supported: copy to this host first");
        }
        if (!from.isInside() && !to.isInside()) {
            throw Failure.usage("neither side is a sandbox's: write one as SANDBOX:PATH");
        }
        Place inside = from.isInside() ? from : to;
        if (!inside.path.startsWith("/")) {
            throw Failure.usage(
                    "the sandbox's path " + inside.path + " is not absolute: begin it with /");
        }
        Sandbox sandbox = SandboxStore.open().get(inside.sandbox);
        Exec.with(
                sandbox,
                "cp",
                guest -> {
                    if (from.isInside()) {
                        Copy.with(guest).out(from.path, Path.of(to.path), follow);
                    } else {
                        Copy.with(guest).in(source(from.path), to.path);
                    }
                });
        return 0;
    }

    private Path source(String path) throws IOException {
        return follow ? Path.of(path).toRealPath() : Path.of(path);
    }
}
