// Tests which system calls the container's seccomp profile allows, and which it refuses.
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

using Names = std::set<std::string>;

struct Profile {
  nlohmann::json json;
  Names allowed;                                                  // with any arguments
  std::map<std::string, std::vector<nlohmann::json>> allowed_if;  // with one of these first arguments only
  std::map<std::string, int> refused_with;                        // with an error that is not the default

  Profile() {
    std::ifstream file("packaging/seccomp.json");
    REQUIRE(file);
    json = nlohmann::json::parse(file);
    for (const auto& rule : json["syscalls"]) {
      for (const auto& name : rule["names"]) take(rule, name);
    }
    for (const auto& [name, arguments] : allowed_if) CHECK_FALSE(allowed.contains(name));
  }

  void take(const nlohmann::json& rule, const std::string& name) {
    CAPTURE(name);
    if (rule["action"] == "SCMP_ACT_ERRNO") {  // The process continues, and reports what is refused.
      CHECK(refused_with.emplace(name, rule["errnoRet"]).second);
      return;
    }
    REQUIRE(rule["action"] == "SCMP_ACT_ALLOW");
    if (!rule.contains("args")) {
      CHECK(allowed.insert(name).second);
      return;
    }
    REQUIRE(rule["args"].size() == 1);
    REQUIRE(rule["args"][0]["index"] == 0);
    allowed_if[name].push_back(rule["args"][0]);
  }

  std::set<std::uint64_t> only_equal_to(const std::string& name) {
    std::set<std::uint64_t> values;
    for (const auto& each : allowed_if[name]) {
      CHECK(each["op"] == "SCMP_CMP_EQ");
      values.insert(each["value"].get<std::uint64_t>());
    }
    return values;
  }

  // Returns true if no rule allows the call, with or without a condition. The default refuses calls without a rule.
  bool refuses(const std::string& name) const { return !allowed.contains(name) && !allowed_if.contains(name); }
};

}  // namespace

TEST_CASE_FIXTURE(Profile, "The profile refuses system calls without a rule, on both architectures") {
  CHECK(json["defaultAction"] == "SCMP_ACT_ERRNO");
  CHECK(json["defaultErrnoRet"] == EPERM);
  std::set<std::string> machines;
  for (const auto& each : json["archMap"]) {
    machines.insert(each["architecture"].get<std::string>());
    CHECK(each["subArchitectures"].empty());  // The profile has no 32-bit system calls; no program here makes any.
  }
  CHECK(machines == std::set<std::string>{"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"});
  CHECK(refuses("a_call_of_next_year"));
}

TEST_CASE_FIXTURE(Profile, "The profile allows all calls for io_uring, sockets, threads, files and real time") {
  for (const char* wanted : {"io_uring_setup",
                             "io_uring_enter",
                             "io_uring_register",
                             "mmap",
                             "munmap",
                             "mprotect",
                             "madvise",
                             "mlock",
                             "brk",
                             "eventfd2",
                             "epoll_create1",
                             "epoll_ctl",
                             "epoll_wait",
                             "epoll_pwait",
                             "poll",
                             "ppoll",
                             "bind",
                             "connect",
                             "listen",
                             "accept4",
                             "sendmsg",
                             "sendmmsg",
                             "recvmsg",
                             "recvmmsg",
                             "sendto",
                             "recvfrom",
                             "setsockopt",
                             "getsockopt",
                             "getsockname",
                             "shutdown",
                             "socketpair",
                             "futex",
                             "set_robust_list",
                             "rseq",
                             "sched_setscheduler",
                             "sched_setaffinity",
                             "sched_yield",
                             "setpriority",
                             "prlimit64",
                             "timerfd_create",
                             "timerfd_settime",
                             "clock_gettime",
                             "clock_nanosleep",
                             "getrandom",
                             "openat",
                             "newfstatat",
                             "getdents64",
                             "fsync",
                             "fdatasync",
                             "ftruncate",
                             "rename",
                             "unlink",
                             "flock",
                             "statx",
                             "statfs",
                             "inotify_init1",
                             "pipe2",
                             "fork",
                             "vfork",
                             "execve",
                             "exit_group",
                             "wait4",
                             "waitid",
                             "kill",
                             "tgkill",
                             "rt_sigaction",
                             "rt_sigreturn",
                             "close_range",
                             "setpgid",
                             "memfd_create",
                             "prctl",
                             "arch_prctl"}) {
    CAPTURE(wanted);
    CHECK(allowed.contains(wanted));
  }
}

TEST_CASE_FIXTURE(Profile, "The profile refuses calls that control the machine, even with a capability") {
  // The calls that Docker's default profile blocks, according to its documentation. Our profile replaces that profile.
  for (const char* documented : {"acct",
                                 "add_key",
                                 "bpf",
                                 "clock_adjtime",
                                 "clock_settime",
                                 "create_module",
                                 "delete_module",
                                 "finit_module",
                                 "get_kernel_syms",
                                 "get_mempolicy",
                                 "init_module",
                                 "ioperm",
                                 "iopl",
                                 "kcmp",
                                 "kexec_file_load",
                                 "kexec_load",
                                 "keyctl",
                                 "lookup_dcookie",
                                 "mbind",
                                 "mount",
                                 "move_pages",
                                 "nfsservctl",
                                 "open_by_handle_at",
                                 "perf_event_open",
                                 "pivot_root",
                                 "process_vm_readv",
                                 "process_vm_writev",
                                 "ptrace",
                                 "query_module",
                                 "quotactl",
                                 "reboot",
                                 "request_key",
                                 "set_mempolicy",
                                 "setns",
                                 "settimeofday",
                                 "stime",
                                 "swapon",
                                 "swapoff",
                                 "sysfs",
                                 "_sysctl",
                                 "umount",
                                 "umount2",
                                 "unshare",
                                 "uselib",
                                 "userfaultfd",
                                 "ustat",
                                 "vm86",
                                 "vm86old"}) {
    CAPTURE(documented);
    CHECK(refuses(documented));
  }
  // Newer calls with the same effects, and calls that need a capability that the compose file drops.
  for (const char* kin : {"adjtimex",
                          "chroot",
                          "fanotify_init",
                          "fanotify_mark",
                          "fsconfig",
                          "fsmount",
                          "fsopen",
                          "fspick",
                          "migrate_pages",
                          "modify_ldt",
                          "mount_setattr",
                          "move_mount",
                          "name_to_handle_at",
                          "open_tree",
                          "pidfd_getfd",
                          "process_madvise",
                          "quotactl_fd",
                          "set_mempolicy_home_node",
                          "setdomainname",
                          "sethostname",
                          "syslog",
                          "vhangup"}) {
    CAPTURE(kin);
    CHECK(refuses(kin));
  }
}

TEST_CASE_FIXTURE(Profile, "The profile allows sockets of Unix, IP and netlink only") {
  CHECK(only_equal_to("socket") == std::set<std::uint64_t>{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK});
}

TEST_CASE_FIXTURE(Profile, "The profile allows personality only to query it, or to set Linux") {
  CHECK(only_equal_to("personality") == std::set<std::uint64_t>{0, 0xffffffff});
}

TEST_CASE_FIXTURE(Profile, "The profile allows no new namespace for a child") {
  constexpr std::uint64_t kNamespaces =
      CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  REQUIRE(allowed_if["clone"].size() == 1);
  const auto& flags = allowed_if["clone"].front();
  CHECK(flags["op"] == "SCMP_CMP_MASKED_EQ");
  CHECK(flags["value"] == kNamespaces);
  CHECK(flags["valueTwo"] == 0);
  // No filter can read the flags of clone3, which are in memory. With ENOSYS, glibc uses clone instead; with EPERM it could create no thread.
  CHECK(refuses("clone3"));
  CHECK(refused_with == std::map<std::string, int>{{"clone3", ENOSYS}});
  CHECK(allowed_if.size() == 3);
}

// The container runtime ignores unknown names; a typing error would therefore refuse the call.
TEST_CASE_FIXTURE(Profile, "Each name in the profile is a system call of the kernel") {
  std::ifstream header("/usr/include/x86_64-linux-gnu/asm/unistd_64.h");
  if (!header) return offhook_test::skip("this machine has no asm/unistd_64.h of x86-64");  // AArch64 has no system call that x86-64 lacks.
  Names known;
  const std::regex pattern(R"(#define __NR_(\w+) \d+)");
  std::smatch match;
  for (std::string line; std::getline(header, line);) {
    if (std::regex_search(line, match, pattern)) known.insert(match[1]);
  }
  for (const auto& name : allowed) {
    CAPTURE(name);
    CHECK(known.contains(name));
  }
  for (const auto& each : allowed_if) CHECK(known.contains(each.first));
}
