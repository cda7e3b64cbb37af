#include <offhook/base/free_memory.hpp>

#include <doctest/doctest.h>

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

using namespace offhook;

namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// A folder with the memory files of a simulated machine. A file is absent until put() writes it.
struct Files {
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "offhook-memory-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    top = name;
  }
  ~Files() {
    std::error_code ignored;
    std::filesystem::remove_all(top, ignored);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  void put(const std::string& path, const std::string& content) const {
    std::filesystem::create_directories((top / path).parent_path());
    std::ofstream(top / path) << content;
  }
  void put_group(const std::string& path, const std::string& limit, const std::string& used, const std::string& droppable) const {
    put("groups" + path + "/memory.max", limit + "\n");
    put("groups" + path + "/memory.current", used + "\n");
    put("groups" + path + "/memory.stat", "anon 1\nfile 2\ninactive_file_not 7\ninactive_file " + droppable + "\nactive_file 3\n");
  }
  [[nodiscard]] std::size_t free() const {
    return base::free_memory({(top / "process").string(), (top / "meminfo").string(), (top / "groups").string()});
  }

  std::filesystem::path top;
};

}  // namespace

TEST_CASE_FIXTURE(Files, "free_memory reports no limit if the files state no limit") {
  CHECK(free() == kNone);
  put("process/cgroup", "");
  put("meminfo", "MemTotal: 5 kB\nMemAvailable:\n");
  CHECK(free() == kNone);
  for (const char* line : {"\n", ":", "::", "0::", "0::x\n", "no line", "0::/gone\n"}) {
    CAPTURE(line);
    put("process/cgroup", line);
    CHECK(free() == kNone);
  }
}

TEST_CASE_FIXTURE(Files, "free_memory returns MemAvailable for a machine without cgroup limits") {
  put("meminfo", "MemTotal:       24588588 kB\nMemFree:        9 kB\nMemAvailable:   23763780 kB\n");
  CHECK(free() == 23763780UL * 1024);
}

TEST_CASE_FIXTURE(Files, "free_memory returns the limit of the cgroup minus its use. File pages that the kernel can drop count as free") {
  put("process/cgroup", "0::/system.slice/offhook.service\n");
  put_group("/system.slice/offhook.service", "1000", "700", "50");
  CHECK(free() == 350);
  put_group("/system.slice/offhook.service", "600", "700", "50");
  CHECK(free() == 0);
  put_group("/system.slice/offhook.service", "max", "700", "50");
  CHECK(free() == kNone);
}

TEST_CASE_FIXTURE(Files, "free_memory returns the smallest free memory of the cgroup and its parents. In a container, it reads the root group") {
  put("process/cgroup", "0::/system.slice/offhook.service\n");
  put_group("/system.slice/offhook.service", "1000", "700", "0");
  put_group("/system.slice", "2000", "1900", "0");
  CHECK(free() == 100);
  put("process/cgroup", "0::/\n");
  put_group("", "500", "460", "0");
  CHECK(free() == 40);
}

TEST_CASE_FIXTURE(Files, "free_memory also reads a cgroup of version 1") {
  put("process/cgroup", "9:name=systemd:/\n4:memory:/box\n0::/\n");
  put("groups/memory/box/memory.limit_in_bytes", "1000\n");
  put("groups/memory/box/memory.usage_in_bytes", "900\n");
  put("groups/memory/box/memory.stat", "cache 5\ninactive_file 1\ntotal_inactive_file 30\n");
  CHECK(free() == 130);
}

TEST_CASE("free_memory returns at most the limit of the address space minus the memory that the process has mapped") {
  constexpr std::size_t kLeft = 1UL << 30U;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  const rlimit narrow{pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + kLeft, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_AS, &narrow) == 0);
  const std::size_t left = base::free_memory({"/proc/self", "none", "none"});
  REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
  CHECK(left <= kLeft);
  CHECK(left > kLeft / 2);
}

TEST_CASE("free_memory finds a limit and some free memory for this process on this machine") {
  CHECK(base::free_memory() > 0);
  CHECK(base::free_memory() < kNone);
}
