package dev.jsbx.image.store;

import dev.jsbx.image.Progress;
import dev.jsbx.image.initramfs.Initramfs;
import dev.jsbx.image.kernel.GuestKernel;
import dev.jsbx.image.kernel.KernelModule;
import dev.jsbx.image.lab.LabContents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The emulated KVM host: see {@link dev.jsbx.image.lab}. */
final class LabRecipe extends Recipe {
    @Override
    String name() {
        return LabContents.NAME;
    }

    @Override
    String describe() {
        return String.join(
                "\n",
                Debian.suite(),
                LabContents.PACKAGES,
                LabContents.MODULES.toString(),
                LabContents.CUSTOMIZE,
                LabContents.jdkIdentity());
    }

    @Override
    List<String> bootModules() {
        return LabContents.BOOT_MODULES;
    }

    @Override
    void addTo(Initramfs initramfs) {}

    @Override
    Path root(Path scratch, GuestKernel kernel, Progress progress) throws IOException {
        Path modules = Debian.modules(scratch, kernel, modules(kernel), true);
        progress.step("installing Debian and QEMU");
        Path tree =
                Debian.install(
                        scratch,
                        LabContents.PACKAGES,
                        modules,
                        LabContents.CUSTOMIZE,
                        kernel.release(),
                        LabContents.jdk().toString());
        progress.step("making the root file system");
        // With their own time stamps: the JVM takes an AOT cache only with the files it was made
        // of.
        return Debian.erofs(scratch, tree);
    }

    private static List<KernelModule> modules(GuestKernel kernel) {
        Set<String> present =
                kernel.modules().stream().map(KernelModule::name).collect(Collectors.toSet());
        Set<String> wanted = new TreeSet<>(LabContents.MODULES);
        wanted.addAll(LabContents.BOOT_MODULES);
        wanted.retainAll(present);
        return kernel.closure(wanted);
    }
}
