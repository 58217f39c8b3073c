# Puts script and style into the page, with a policy that lets nothing else run, and the page into a C++ source.
#
#   cmake -DHTML=page.html -DSCRIPT=page.js -DSTYLE=page.css -DOUTPUT=page_text.cpp -P embed.cmake
cmake_minimum_required(VERSION 3.25)

# The hash of a text as a Content-Security-Policy has it: base64 of SHA-256.
function(policy_hash out file)
    file(SHA256 ${file} hex)
    string(APPEND hex "0000")  # up to a multiple of 3 bytes; what becomes of them is cut off
    set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    set(base64)
    foreach(at RANGE 0 60 6)
        string(SUBSTRING ${hex} ${at} 6 bytes)
        math(EXPR word "0x${bytes}")
        foreach(shift 18 12 6 0)
            math(EXPR digit "${word} >> ${shift} & 63")
            string(SUBSTRING ${alphabet} ${digit} 1 digit)
            string(APPEND base64 ${digit})
        endforeach()
    endforeach()
    string(SUBSTRING ${base64} 0 43 base64)
    set(${out} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

# As the elements of an array of string_views. Raw literals; the page has no such delimiter.
function(literals out text)
    set(all)
    string(LENGTH "${text}" length)
    set(at 0)
    while(at LESS length)
        string(SUBSTRING "${text}" ${at} 16000 piece)
        string(APPEND all "    R\"bully_page(${piece})bully_page\",\n")
        math(EXPR at "${at} + 16000")
    endwhile()
    set(${out} "${all}" PARENT_SCOPE)
endfunction()

file(READ ${HTML} html)
file(READ ${SCRIPT} script)
file(READ ${STYLE} style)
policy_hash(script_hash ${SCRIPT})
policy_hash(style_hash ${STYLE})
string(REPLACE "@STYLE_HASH@" "${style_hash}" html "${html}")
string(REPLACE "@SCRIPT_HASH@" "${script_hash}" html "${html}")
string(REPLACE "@STYLE@" "${style}" html "${html}")

string(FIND "${html}" "@VIEW@" view_at)
string(FIND "${html}" "@SCRIPT@" script_at)
math(EXPR after_view "${view_at} + 6")
math(EXPR after_script "${script_at} + 8")
math(EXPR between "${script_at} - ${after_view}")
string(SUBSTRING "${html}" 0 ${view_at} before)
string(SUBSTRING "${html}" ${after_view} ${between} middle)
string(SUBSTRING "${html}" ${after_script} -1 rest)
literals(before "${before}")
literals(after "${middle}${script}${rest}")

file(WRITE ${OUTPUT} "// Made by sim/view/web/embed.cmake of the page's sources; don't edit it here.
#include \"sim/view/page_text.hpp\"

#include <array>

namespace bully::sim {
namespace {

constexpr auto page_before = std::to_array<std::string_view>({
${before}});
constexpr auto page_after = std::to_array<std::string_view>({
${after}});

}  // namespace

PageText page_text() { return {page_before, page_after}; }

}  // namespace bully::sim
")
