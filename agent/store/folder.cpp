#include <offhook/agent/store/folder.hpp>

#include <offhook/agent/support/log.hpp>
#include <offhook/base/random.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace offhook::inline v0::agent::store {

std::string default_folder(std::string_view name, const std::function<std::string(const char* variable)>& environment, bool is_root) {
  const auto in = [name](const std::string& parent) { return fmt::format("{}/{}", parent, name); };
  if (const std::string state = environment("STATE_DIRECTORY"); !state.empty()) return in(state.substr(0, state.find(':')));
  if (is_root) return in("/var/lib/offhook");
  if (const std::string state = environment("XDG_STATE_HOME"); state.starts_with('/')) return in(state + "/offhook");
  if (const std::string home = environment("HOME"); !home.empty()) return in(home + "/.local/state/offhook");
  return {};
}

std::string default_folder(std::string_view name) {
  const auto variable = [](const char* each) {
    const char* value = std::getenv(each);
    return std::string(value == nullptr ? "" : value);
  };
  return default_folder(name, variable, ::geteuid() == 0);
}

base::Result<void, base::Error> check_folder(FileSystem& files, const std::string& folder, std::string_view what) {
  const auto complain = [&](const std::error_code& why) {
    // /records/folder accepts "off"; the other settings have /enabled.
    const std::string none = what == "records" ? "/records/folder \"off\"" : fmt::format("/{}/enabled false", what);
    return base::fail(base::Error{"records", why.value(), fmt::format("{0} cannot be kept in {1}: {2}; choose another folder with /{0}/folder, or keep none: {3}",
                                                                      what, folder, why.message(), none)});
  };
  if (auto made = files.make_folder(folder); !made) return complain(made.error());
  base::SystemRandom random;
  const std::string probe = folder + "/.probe-" + random.token().substr(0, 13);  // The name is random, because two agents may start at the same time.
  if (auto opened = files.open_append(probe); !opened) return complain(opened.error());
  if (auto removed = files.remove(probe); !removed) return complain(removed.error());
  return {};
}

base::Result<void, base::Error> check_folder_at_start(const std::string& folder, std::string_view what, bool is_configured) {
  auto usable = check_folder(posix_file_system(), folder, what);
  if (usable || is_configured) return usable;
  log::warning(fmt::format("{}.failing", what), {{"folder", folder}, {"detail", usable.error().detail}});
  return {};
}

base::Result<std::string, base::Error> folder_at_start(const std::string& configured, std::string_view what) {
  std::string folder = configured.empty() ? default_folder(what) : configured;
  if (folder.empty()) return base::fail(base::Error{what, 1, fmt::format("{0} have no folder: name one with /{0}/folder", what)});
  if (const auto usable = check_folder_at_start(folder, what, !configured.empty()); !usable) return base::fail(usable.error());
  return folder;
}

std::optional<std::string> why_not_kept_in(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path at = fs::absolute(folder, failed);
  if (failed) return failed.message();
  // The missing folders would be created in the nearest existing parent, so check that one. The root always exists.
  fs::file_type kind = fs::status(at, failed).type();
  for (; kind == fs::file_type::not_found && at.has_relative_path(); kind = fs::status(at, failed).type()) at = at.parent_path();
  if (kind == fs::file_type::none) return at.string() + ": " + failed.message();
  if (kind != fs::file_type::directory) return at.string() + " is not a folder";
  if (::faccessat(AT_FDCWD, at.c_str(), W_OK | X_OK, AT_EACCESS) != 0) return at.string() + ": " + std::strerror(errno);
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::store
