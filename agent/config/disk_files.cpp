#include <offhook/agent/config/config.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace offhook::inline v0::agent::config {

FileReader disk_files() {
  return [](const std::string& path, std::size_t most) -> base::Result<FileText, std::string> {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text(most + 1, '\0');
    if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.fail() && !file.eof())) return base::fail(std::string(errno == 0 ? "" : std::strerror(errno)));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > most) return base::fail(std::string(kFileTooLarge));
    using std::filesystem::perms;
    std::error_code failed;
    const auto mode = std::filesystem::status(path, failed).permissions();
    return FileText{std::move(text), !failed && (mode & (perms::group_read | perms::others_read)) != perms::none};
  };
}

}  // namespace offhook::inline v0::agent::config
