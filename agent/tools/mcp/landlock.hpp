#pragma once

namespace offhook::inline v0::agent::tools::mcp {

/// Puts the calling thread, and each process that it starts from then on, in a new Landlock domain. Such a process cannot trace a process outside the
/// domain, or open its memory, even if both run as the same user. It keeps all other rights. Landlock requires no_new_privs: a program with the
/// setuid bit then gains no rights. A thread cannot leave a domain, so use a thread that ends.
/// Returns false if the kernel or a filter of system calls does not allow Landlock; then only no_new_privs has changed.
bool enter_landlock_domain();

}  // namespace offhook::inline v0::agent::tools::mcp
