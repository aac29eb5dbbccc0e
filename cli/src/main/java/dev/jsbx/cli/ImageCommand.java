package dev.jsbx.cli;

import dev.jsbx.cli.image.ImageAtHand;
import dev.jsbx.cli.sandbox.Directories;
import dev.jsbx.cli.sandbox.Sandbox;
import dev.jsbx.cli.sandbox.SandboxStore;
import dev.jsbx.image.ImageException;
import dev.jsbx.image.store.Image;
import dev.jsbx.image.store.Images;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** {@code jsbx image ls|build|rm}. */
final class ImageCommand {
    private boolean quiet;
    private boolean force;
    private String[] names = {};

    CommandSpec spec() {
        CommandSpec spec = Spec.of("image", "List, build or remove images.", this::list).build();
        spec.addSubcommand(
                "ls",
                Spec.of("ls", "List the images that are built.", this::list)
                        .flag("-q --quiet", "Print names only", on -> quiet = on)
                        .build());
        spec.addSubcommand(
                "build",
                Spec.of("build", "Build an image, unless it is up to date.", this::build)
                        .flag("-f --force", "Build it even so", on -> force = on)
                        .flag("-q --quiet", "Say nothing but errors", on -> quiet = on)
                        .words("IMAGE", "0..*", "default (if none is named) or minimal", this::name)
                        .build());
        spec.addSubcommand(
                "rm",
                Spec.of("rm", "Remove images.", this::remove)
                        .words("IMAGE", "1..*", "Names, see jsbx image ls", this::name)
                        .build());
        return spec;
    }

    private void name(String[] words) {
        names = words;
    }

    private int list() throws IOException {
        List<Image> images = images().list();
        if (quiet) {
            images.forEach(image -> System.out.println(image.name()));
            return 0;
        }
        if (images.isEmpty()) {
            System.out.println("No images found; jsbx image build makes the default one");
            return 0;
        }
        row("IMAGE", "ID", "KERNEL", "SIZE", "CREATED");
        for (Image image : images) {
            row(
                    image.name(),
                    image.id().substring(0, 12),
                    image.release(),
                    String.format(Locale.ROOT, "%.1f MiB", image.size() / 1048576.0),
                    image.created().toString());
        }
        return 0;
    }

    private static void row(String name, String id, String kernel, String size, String created) {
        System.out.println(
                String.format("%-12s %-13s %-26s %-11s %s", name, id, kernel, size, created)
                        .stripTrailing());
    }

    private int build() {
        String[] wanted = names.length == 0 ? new String[] {ImageAtHand.DEFAULT} : names;
        for (String name : wanted) {
            Image image = ImageAtHand.build(name, quiet, force);
            if (!quiet) {
                System.out.println(image.name() + " " + image.id().substring(0, 12));
            }
        }
        return 0;
    }

    private int remove() throws IOException {
        try {
            for (String name : names) {
                images().remove(name, ImageCommand::inUse);
            }
            return 0;
        } catch (ImageException e) {
            throw Failure.failed(e.getMessage());
        }
    }

    private static boolean inUse(String image) {
        for (Sandbox sandbox : SandboxStore.open().list()) {
            if (SandboxStore.config(sandbox).image().equals(image)) {
                return true;
            }
        }
        return false;
    }

    private static Images images() {
        return new Images(Directories.cache());
    }
}
