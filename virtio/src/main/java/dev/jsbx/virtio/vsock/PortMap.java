package dev.jsbx.virtio.vsock;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Connections by their pair of ports: a hash table with open addressing, so that looking up
 * allocates nothing. Holds at most as many as it was made for.
 */
final class PortMap {
    private final Connection[] table;
    private final int mask;
    private int size;

    /**
     * @param capacity the most connections it will hold
     */
    PortMap(int capacity) {
        table = new Connection[Integer.highestOneBit(capacity) * 4];
        mask = table.length - 1;
    }

    int size() {
        return size;
    }

    private int home(int hostPort, int guestPort) {
        int hash = hostPort * 0x9e3779b9 ^ guestPort * 0x85ebca6b;
        return (hash ^ hash >>> 16) & mask;
    }

    private int find(int hostPort, int guestPort) {
        int at = home(hostPort, guestPort);
        while (table[at] != null && !table[at].hasPorts(hostPort, guestPort)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    /** The connection with these ports, or null. */
    Connection get(int hostPort, int guestPort) {
        return table[find(hostPort, guestPort)];
    }

    /** Adds a connection whose ports are not in use. */
    void put(Connection connection) {
        int at = find(connection.hostPort(), connection.guestPort());
        if (table[at] != null) {
            throw new IllegalStateException("ports in use");
        }
        table[at] = connection;
        size++;
    }

    /** Removes a connection if it is there. */
    void remove(Connection connection) {
        int at = find(connection.hostPort(), connection.guestPort());
        if (table[at] != connection) {
            return;
        }
        table[at] = null;
        size--;
        // Those that had to go past this place move up, or they could not be found any more.
        for (int next = (at + 1) & mask; table[next] != null; next = (next + 1) & mask) {
            Connection moved = table[next];
            table[next] = null;
            table[find(moved.hostPort(), moved.guestPort())] = moved;
        }
    }

    /** All of them, in no order; the action may not change the map. */
    void forEach(Consumer<Connection> action) {
        Arrays.stream(table).filter(Objects::nonNull).forEach(action);
    }
}
