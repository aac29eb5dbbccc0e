package dev.jsbx.cli.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jsbx.cli.acceptance.JsbxProgram.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The Docker Engine in a guest, Debian's packages from the workspace: logs in to a registry with a
 * placeholder, pulls an image and runs it. Takes minutes in an emulated guest, and 70 MB from
 * Debian's mirror.
 */
final class DockerChecks {
    private static final String PASSWORD = "the-users-real-password-0123456789";
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private DockerChecks() {}

    static List<Check> all() {
        return List.of(new Check("docker logs in, pulls and has no password", DockerChecks::pull));
    }

    private static void pull(JsbxProgram jsbx) throws Exception {
        Path home = Path.of(jsbx.command()).getParent();
        Path packages = Files.createDirectory(jsbx.workspace().resolve("root"));
        unpack(packages, jsbx.workspace().resolveSibling("debs"));
        Path authority = jsbx.workspace().resolveSibling("registry");
        try (RegistryServer server = RegistryServer.start(home, authority)) {
            jsbx.set("SSL_CERT_FILE", server.certificate().toString());
            for (int port : List.of(server.port(), server.tokensPort())) {
                jsbx.call(List.of("policy", "allow", "network", "localhost:" + port));
            }
            SecretChecks.store(jsbx, PASSWORD, "docker", "--host", server.tokens());
            Files.copy(server.certificate(), jsbx.workspace().resolve("ca.pem"));
            Files.writeString(jsbx.workspace().resolve("session.sh"), SESSION);
            List<String> words = new ArrayList<>(jsbx.run("--name", "docker", "-m", "2g"));
            words.set(words.indexOf("minimal"), "default");
            words.addAll(List.of("-e", "REGISTRY=" + server.registry(), "bash", "session.sh"));
            Result result = JsbxProgram.finish(jsbx.start(words), new byte[0], PATIENCE);
            String all = result.out() + result.err() + server.heard();
            assertThat(result.out()).as(all).contains("Login Succeeded", "\nit runs\n");
            assertThat(result.out()).as(all).doesNotContain(PASSWORD, "good-for-ever");
            assertThat(server.heard())
                    .anyMatch(told -> told.endsWith(" Basic somebody:" + PASSWORD))
                    .noneMatch(told -> told.contains("dckr_pat_"));
            Result proof = jsbx.call(List.of("secret", "prove", "docker"));
            assertThat(proof.out()).contains("memory of docker: ", "docker was found nowhere");
        }
    }

    private static void unpack(Path root, Path debs) throws Exception {
        Files.createDirectory(debs);
        // apt-get drops to a user of its own, who is to write here.
        String script =
                "cd %s && apt-get -qq -o APT::Sandbox::User=root download docker.io containerd runc"
                        + " libdevmapper1.02.1 libseccomp2 && for each in *.deb; do dpkg -x $each %s; done";
        Process process =
                new ProcessBuilder("sh", "-c", script.formatted(debs, root))
                        .redirectErrorStream(true)
                        .start();
        Result result = JsbxProgram.finish(process, new byte[0]);
        assertThat(result.code()).as(result.out()).isZero();
    }

    /** No network for containers: the guest's kernel has no bridges. */
    private static final String SESSION =
            """
            root=$PWD/root
            set -- env PATH=$root/usr/bin:$root/usr/sbin:$PATH
            # The engine starts programs with an environment of theirs.
            sudo cp -a $root/lib/*/lib*.so.* $root/usr/lib/*/lib*.so.* /usr/lib/x86_64-linux-gnu/
            # The registry's own authority is a test's; the server of tokens is behind the proxy.
            sudo mkdir -p /etc/docker/certs.d/$REGISTRY
            sudo cp ca.pem /etc/docker/certs.d/$REGISTRY/ca.crt
            sudo "$@" dockerd --iptables=false --bridge=none --storage-driver=vfs \\
                > dockerd.log 2>&1 &
            for i in $(seq 120); do
                sudo "$@" docker version > /dev/null 2>&1 && break
                sleep 1
            done
            echo "$DOCKER_TOKEN" | sudo "$@" docker login -u somebody --password-stdin $REGISTRY
            sudo cat /root/.docker/config.json
            sudo "$@" docker pull -q $REGISTRY/one/image:latest
            sudo "$@" docker run --rm --network none $REGISTRY/one/image:latest
            tail -n 5 dockerd.log >&2
            """;
}
