package dev.jsbx.virtio.device;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the watch of an epoll event. A token is a slot and how often the slot was given out, so
 * that an event reported for a closed watch does not reach the one that took its slot.
 */
final class WatchTable {
    private final List<Watch> slots = new ArrayList<>();
    private int given;

    /** Makes room for a watch and gives it its token. */
    long add(Watch watch) {
        int slot = slots.indexOf(null);
        if (slot < 0) {
            slot = slots.size();
            slots.add(watch);
        } else {
            slots.set(slot, watch);
        }
        given = (given + 1) & Integer.MAX_VALUE;
        watch.token((long) given << 32 | slot);
        return watch.token();
    }

    void remove(Watch watch) {
        int slot = (int) watch.token();
        if (slot < slots.size() && slots.get(slot) == watch) {
            slots.set(slot, null);
        }
    }

    /** The watch with that token, or null if it was closed. */
    Watch find(long token) {
        int slot = (int) token;
        Watch watch = slot < slots.size() ? slots.get(slot) : null;
        return watch != null && watch.token() == token ? watch : null;
    }
}
