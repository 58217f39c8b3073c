// The rules and properties in words: those of core's guide, which is bundled with the page.
import guide from "../../../core/README.md";

export interface Rule { name: string; title: string; text: string; why: string }

const rules = new Map<string, Rule>();
for (const paragraph of guide.split(/\n\s*\n/)) {
    const found = /^<a id="([^"]+)"><\/a>\*\*(.+?)\*\*\s*([\s\S]*)$/.exec(paragraph.trim());
    if (!found) continue;
    const plain = (text: string): string =>
        text.replace(/<a id="[^"]+"><\/a>/g, "").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").replace(/[*`]/g, "").replace(/\s+/g, " ").trim();
    const name = found[1].replace("-", " ");
    const [text, why] = `${found[2]} ${found[3]}`.split("*Why:*");
    const sentences = plain(text).replace(/^(lab \d+|row \d+|[RPC]\d+|H)\.?\s*/, "");
    rules.set(name.toLowerCase(), { name, title: plain(found[2]), text: sentences, why: plain(why ?? "") });
}

export function rule(name: string): Rule | undefined { return rules.get(name.trim().toLowerCase()); }

/** "lab 6, R1, R5, rows 14, 18, 19" names six. */
export function namesIn(text: string): string[] {
    let kind = "";
    return text.split(/,| and /).map((part) => part.trim()).filter((part) => part !== "").map((part) => {
        const found = /^(lab|rows?)\s+(\d+)$/.exec(part);
        if (found) kind = found[1] === "lab" ? "lab" : "row";
        if (found) return `${kind} ${found[2]}`;
        return /^\d+$/.test(part) ? `${kind} ${part}` : part;
    });
}
