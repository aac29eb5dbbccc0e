package dev.jsbx.netstack.policy;

import dev.jsbx.netstack.policy.AddressBlocks.Block;
import dev.jsbx.netstack.policy.PortTable.Choice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rules on addresses and blocks of them, by longest prefix. */
final class AddressRules {
    private final AddressBlocks<PortTable> blocks;

    AddressRules(List<Choice> choices) {
        Map<Cidr, PortTable> tables = new HashMap<>();
        for (Choice choice : choices) {
            Cidr block = choice.rule().resource().block();
            tables.computeIfAbsent(block, b -> new PortTable()).add(choice);
        }
        blocks = new AddressBlocks<>(tables);
    }

    /** The rule of the longest prefix that speaks of this transport and port, or null. */
    Choice find(long high, long low, Transport transport, int port) {
        Block<PortTable> block = blocks.smallest(high, low);
        while (block != null) {
            Choice choice = block.value().find(transport, port);
            if (choice != null) {
                return choice;
            }
            block = block.around();
        }
        return null;
    }

    /** Visits every table that matches an address, the least specific first. */
    void visit(long high, long low, NameTable.Visitor visitor) {
        visit(blocks.smallest(high, low), visitor);
    }

    private static void visit(Block<PortTable> block, NameTable.Visitor visitor) {
        if (block != null) {
            visit(block.around(), visitor);
            visitor.visit(block.value());
        }
    }
}
