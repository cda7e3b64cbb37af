#pragma once

#include <offhook/agent/store/file_system.hpp>
#include <offhook/base/random.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

/// A disk in memory that fails on demand, can make partial writes, and loses unsynced data in a power failure.
namespace offhook::agent::store {

class FakeFileSystem final : public FileSystem {
 public:
  struct File {
    std::string bytes;
    std::size_t synced = 0;
    unsigned names = 1;
    std::chrono::system_clock::time_point modified{};
  };
  using FilePtr = std::shared_ptr<File>;

  // The errors that the operations return; 0: the operation succeeds.
  std::errc write_fails{}, sync_fails{}, truncate_fails{}, open_fails{}, rename_fails{}, folder_sync_fails{};
  std::size_t room = SIZE_MAX;          ///< octets that still fit on the disk
  std::size_t most_at_once = SIZE_MAX;  ///< octets that one write accepts
  std::size_t most_read = SIZE_MAX;     ///< octets that one read returns
  std::set<std::string> locked_elsewhere, lock_denied;

  std::map<std::string, FilePtr> files;
  std::size_t syncs = 0;
  std::chrono::system_clock::time_point now{};

  [[nodiscard]] const std::string& at(const std::string& path) { return files.at(path)->bytes; }
  void put(const std::string& path, std::string bytes) {
    files[path] = std::make_shared<File>(File{bytes, bytes.size(), 1, now});
  }
  /// Removes the file, as another program would.
  void take_away(const std::string& path) {
    files.at(path)->names = 0;
    files.erase(path);
  }
  /// Simulates a power failure: each file keeps its synced octets, and a random number of the octets after them. All names stay.
  void crash(base::Random& random) {
    for (auto& [path, file] : files) {
      const std::size_t kept = file->synced + random.below(file->bytes.size() - file->synced + 1);
      file = std::make_shared<File>(File{file->bytes.substr(0, kept), kept, 1, now});
    }
  }

  FileResult<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    if (open_fails != std::errc{}) return base::fail(std::make_error_code(open_fails));
    if (!files.contains(path)) put(path, {});
    return std::unique_ptr<AppendFile>(std::make_unique<Handle>(*this, files.at(path)));
  }
  FileResult<std::string> peek(const std::string& path, std::size_t most) override {
    return files.contains(path) ? files.at(path)->bytes.substr(0, most) : std::string();
  }
  FileResult<void> make_folder(const std::string&) override { return {}; }
  FileResult<void> rename(const std::string& from, const std::string& to) override {
    if (rename_fails != std::errc{}) return base::fail(std::make_error_code(rename_fails));
    files[to] = files.at(from);
    files.erase(from);
    return {};
  }
  FileResult<void> remove(const std::string& path) override {
    take_away(path);
    return {};
  }
  FileResult<void> sync_folder(const std::string&) override {
    if (folder_sync_fails != std::errc{}) return base::fail(std::make_error_code(folder_sync_fails));
    return {};
  }
  FileResult<std::vector<std::string>> list(const std::string& folder) override {
    std::vector<std::string> names;
    for (const auto& [path, file] : files) names.push_back(path.substr(folder.size() + 1));
    return names;
  }
  FileResult<std::shared_ptr<void>> try_lock(const std::string& path) override {
    if (lock_denied.contains(path)) return base::fail(std::make_error_code(std::errc::permission_denied));
    if (locked_elsewhere.contains(path)) return std::shared_ptr<void>();
    return std::shared_ptr<void>(std::make_shared<int>(0));
  }

 private:
  class Handle final : public AppendFile {
   public:
    Handle(FakeFileSystem& disk, FilePtr file) : disk_(disk), file_(std::move(file)) {}
    FileResult<std::size_t> write(std::string_view bytes) override {
      if (disk_.write_fails != std::errc{}) return base::fail(std::make_error_code(disk_.write_fails));
      const std::size_t taken = std::min({bytes.size(), disk_.most_at_once, disk_.room});
      if (taken == 0 && !bytes.empty()) return base::fail(std::make_error_code(std::errc::no_space_on_device));
      file_->bytes += bytes.substr(0, taken);
      if (disk_.room != SIZE_MAX) disk_.room -= taken;
      file_->modified = disk_.now;
      return taken;
    }
    FileResult<void> sync() override {
      if (disk_.sync_fails != std::errc{}) return base::fail(std::make_error_code(disk_.sync_fails));
      ++disk_.syncs;
      file_->synced = file_->bytes.size();
      return {};
    }
    FileResult<void> truncate(std::uint64_t size) override {
      if (disk_.truncate_fails != std::errc{}) return base::fail(std::make_error_code(disk_.truncate_fails));
      if (disk_.room != SIZE_MAX) disk_.room += file_->bytes.size() - size;
      file_->bytes.resize(size);
      file_->synced = std::min<std::size_t>(file_->synced, size);
      return {};
    }
    FileResult<std::uint64_t> size() override { return file_->bytes.size(); }
    FileResult<std::chrono::system_clock::time_point> modified_at() override { return file_->modified; }
    FileResult<std::string> read(std::uint64_t offset, std::size_t most) override {
      return file_->bytes.substr(offset, std::min(most, disk_.most_read));
    }
    bool is_deleted() override { return file_->names == 0; }
    bool is_at(const std::string& path) override {
      const auto named = disk_.files.find(path);
      return named != disk_.files.end() && named->second == file_;
    }

   private:
    FakeFileSystem& disk_;
    FilePtr file_;
  };
};

}  // namespace offhook::agent::store
