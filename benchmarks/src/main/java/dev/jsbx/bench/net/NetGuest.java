package dev.jsbx.bench.net;

import dev.jsbx.bench.CProgram;
import dev.jsbx.bench.Launcher;
import dev.jsbx.virtio.guest.GuestConfig;
import dev.jsbx.virtio.guest.QemuGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A guest with three network cards: of jsbx, of QEMU's {@code user} netdev and of passt. */
final class NetGuest {
    private NetGuest() {}

    /** A card: its name, its last byte of a MAC address, the guest's address, the host's. */
    record Card(String side, int number, String address, String host) {
        String mac() {
            return "52:54:00:00:01:0" + number;
        }
    }

    /** Ours first. */
    static final List<Card> CARDS =
            List.of(
                    new Card("jsbx", 1, "10.213.0.2/24", "10.213.0.1"),
                    new Card("user", 2, "10.0.2.15/24", "10.0.2.2"),
                    new Card("passt", 3, "10.0.3.2/24", "10.0.3.1"));

    /**
     * {@code place CPUS CPUS} says by masks where the cards interrupt and where programs run. Left
     * to itself, the guest's scheduler now and then has a program and the interrupts that feed it
     * share a CPU, which costs any of the cards a third of its throughput.
     */
    private static final String PLACE =
            """
            place() {
                for irq in $(sed -n 's/^ *\\([0-9]*\\):.*virtio[0-9]*$/\\1/p' /proc/interrupts); do
                    echo $1 > /proc/irq/$irq/smp_affinity
                done
                taskset -p $2 $$ > /dev/null; }
            """;

    private static Path jsbx(Path directory, HostServers servers) throws Exception {
        Path policy = directory.resolve("policy.yaml");
        Files.writeString(policy, "mode: locked-down\nrules:\n  - allow: localhost\n");
        Path socket = directory.resolve("jsbx.sock");
        List<String> command = new ArrayList<>(List.of(Launcher.jsbx()));
        command.addAll(List.of("vhost-user", "net", "--mtu", "65520"));
        command.addAll(List.of("--socket-path", socket.toString()));
        command.addAll(List.of("--policy", policy.toString()));
        HostServers.awaitSocket(servers.add(command), socket);
        return socket;
    }

    private static Path passt(Path directory, HostServers servers) throws Exception {
        Path socket = directory.resolve("passt.sock");
        List<String> command = new ArrayList<>(List.of("passt", "-q", "-f", "--runas", "0"));
        command.addAll(List.of("-a", "10.0.3.2", "-n", "24", "-g", "10.0.3.1", "-m", "65520"));
        command.addAll(List.of("-s", socket.toString()));
        HostServers.awaitSocket(servers.add(command), socket);
        return socket;
    }

    /**
     * Starts what is behind the cards, and the guest.
     *
     * @param directory for sockets
     * @param script run with {@code $C1}, {@code $C2} and {@code $C3} for the cards' names, and
     *     {@code place}
     */
    static QemuGuest boot(Path directory, HostServers servers, CProgram program, String script)
            throws Exception {
        Path ours = jsbx(directory, servers);
        Path theirs = passt(directory, servers);
        GuestConfig guest =
                new GuestConfig()
                        .memoryMib(512)
                        .module("virtio_net")
                        .program("iperf3")
                        .executable("/bin/net-rows", program.binary())
                        .arguments("-chardev", "socket,id=ours,path=" + ours);
        card(guest, CARDS.get(0), "vhost-user,id=n1,chardev=ours");
        card(guest, CARDS.get(1), "user,id=n2,net=10.0.2.0/24,ipv6=off");
        card(guest, CARDS.get(2), "stream,id=n3,server=off,addr.type=unix,addr.path=" + theirs);
        return guest.script(addresses() + PLACE + script).boot();
    }

    private static void card(GuestConfig guest, Card card, String netdev) {
        String device =
                "virtio-net-device,netdev=n%d,mac=%s,bus=virtio-mmio-bus.%d"
                        .formatted(card.number(), card.mac(), card.number());
        guest.arguments("-netdev", netdev, "-device", device);
    }

    private static String addresses() {
        StringBuilder script =
                new StringBuilder(
                        """
                        card() { for d in /sys/class/net/*; do
                            if [ "$(cat $d/address)" = $1 ]; then echo ${d##*/}; fi; done; }
                        """);
        for (Card card : CARDS) {
            script.append("C%d=$(card %s)\n".formatted(card.number(), card.mac()));
            script.append("ip addr add %s dev $C%d\n".formatted(card.address(), card.number()));
            script.append("ip link set $C%d up\n".formatted(card.number()));
        }
        return script.toString();
    }
}
