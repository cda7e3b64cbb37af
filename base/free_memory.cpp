#include <offhook/base/free_memory.hpp>
#include <offhook/base/text.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>

namespace offhook::inline v0::base {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// The file names of a cgroup, for one cgroup version.
struct GroupNames {
  std::string_view limit, usage, droppable;
};
constexpr GroupNames kVersion2{"/memory.max", "/memory.current", "inactive_file"};
constexpr GroupNames kVersion1{"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file"};

std::string content(const std::string& path) {
  std::array<char, 8192> buffer;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const auto size = ::read(file, buffer.data(), buffer.size());
  ::close(file);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// Returns the number after `name` at the start of a line, in the format of /proc/meminfo and memory.stat.
std::optional<std::size_t> member(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    if (line.empty() || (line.front() != ' ' && line.front() != ':')) continue;
    line = trim(line.substr(1));
    return parse_number<std::size_t>(line.substr(0, line.find(' ')));
  }
  return std::nullopt;
}

constexpr std::size_t room(std::size_t limit, std::size_t used) { return limit > used ? limit - used : 0; }

std::size_t room_of_group(const std::string& folder, const GroupNames& names) {
  // "max" means no limit. It is not a number, so parse_number() fails.
  const auto limit = parse_number<std::size_t>(trim(content(folder + std::string(names.limit))));
  const auto used = parse_number<std::size_t>(trim(content(folder + std::string(names.usage))));
  if (!limit || !used) return kNoLimit;
  return room(*limit, room(*used, member(content(folder + "/memory.stat"), names.droppable).value_or(0)));
}

/// Returns the least number of free octets of the group at `path` below `top` and of all its parents.
std::size_t room_of_groups(const std::string& top, std::string path, const GroupNames& names) {
  std::size_t least = kNoLimit;
  for (;;) {
    least = std::min(least, room_of_group(top + path, names));
    if (path.empty()) return least;
    path.resize(path.rfind('/'));
  }
}

/// Each line of /proc/self/cgroup is ID:CONTROLLERS:/PATH. Version 2 has a single line without controllers.
std::size_t room_of_groups(const MemoryFiles& files) {
  const std::string all = content(files.process + "/cgroup");
  std::size_t least = kNoLimit;
  for (std::string_view rest = all; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const auto controllers = line.find(':'), at = line.find(':', controllers + 1);
    if (controllers == line.npos || at == line.npos || at + 1 == line.size() || line[at + 1] != '/') continue;
    const std::string_view which = line.substr(controllers + 1, at - controllers - 1);
    const std::string path(line.size() == at + 2 ? std::string_view{} : line.substr(at + 1));
    if (which.empty()) least = std::min(least, room_of_groups(files.groups, path, kVersion2));
    if (which == "memory") least = std::min(least, room_of_groups(files.groups + "/memory", path, kVersion1));
  }
  return least;
}

std::size_t room_of_address_space(const MemoryFiles& files) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoLimit;
  const std::string pages = content(files.process + "/statm");
  const auto used = parse_number<std::size_t>(std::string_view(pages).substr(0, pages.find(' ')));
  return used ? room(limit.rlim_cur, *used * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) : kNoLimit;
}

std::size_t room_of_machine(const MemoryFiles& files) {
  const auto kilobytes = member(content(files.machine), "MemAvailable");
  return kilobytes ? *kilobytes * 1024 : kNoLimit;
}

}  // namespace

std::size_t free_memory(const MemoryFiles& files) {
  return std::min({room_of_address_space(files), room_of_groups(files), room_of_machine(files)});
}

}  // namespace offhook::inline v0::base
