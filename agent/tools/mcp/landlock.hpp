#pragma once

namespace offhook::inline v0::agent::tools::mcp {

/// Puts the calling thread, and each process that it starts from then on, in a Landlock domain of its own. Such a process cannot trace
/// a process outside, or open its memory, though both run as the same user. It keeps all else that it may. Landlock asks for
/// no_new_privs: a program with the setuid bit then gains nothing. There is no way out of a domain, so use a thread that ends.
/// Returns false where the kernel or a filter of system calls has no Landlock; then nothing has changed but no_new_privs.
bool enter_landlock_domain();

}  // namespace offhook::inline v0::agent::tools::mcp
