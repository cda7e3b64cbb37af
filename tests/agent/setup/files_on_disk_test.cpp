#include <offhook/agent/setup/files_on_disk.hpp>
#include <offhook/tests/testkit/folder.hpp>

#include <doctest/doctest.h>

#include <string>

#include <sys/stat.h>
#include <unistd.h>

using namespace offhook::agent;
using setup::Readers;

namespace {

const setup::Files kDisk = setup::files_on_disk([](const std::string& name) { return "share/" + name; });

std::string text_of(const std::string& path) { return kDisk.read(path, 100).value().text; }

int mode_of(const std::string& path) {
  struct stat about{};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return static_cast<int>(about.st_mode & 0777U);
}

}  // namespace

TEST_CASE("A written file has the mode for its readers, whatever the umask is, and all users may read a new folder") {
  const offhook::test::Folder folder;
  const mode_t before = ::umask(0777);
  const std::string secret = folder.path + "/new/secrets.env", open = folder.path + "/new/offhook.json";
  CHECK(kDisk.write(secret, "a", Readers::Owner).empty());
  CHECK(kDisk.write(open, "b", Readers::Everyone).empty());
  ::umask(before);
  CHECK(mode_of(secret) == 0600);
  CHECK(mode_of(open) == 0644);
  CHECK(mode_of(folder.path + "/new") == 0755);
  CHECK(text_of(open) == "b");
}

TEST_CASE("A written file replaces an older file. If the older file is a link, the target of the link stays unchanged") {
  const offhook::test::Folder folder;
  folder.put("other", "theirs");
  const std::string path = folder.path + "/offhook.json";
  REQUIRE(::symlink((folder.path + "/other").c_str(), path.c_str()) == 0);
  CHECK(kDisk.exists(path));
  CHECK(kDisk.write(path, "ours", Readers::Owner).empty());
  CHECK(text_of(path) == "ours");
  CHECK(text_of(folder.path + "/other") == "theirs");
  CHECK_FALSE(kDisk.exists(path + ".new"));
}

TEST_CASE("If a file cannot be written, write() returns the reason and leaves no temporary file") {
  const offhook::test::Folder folder;
  folder.put("file", "x");
  CHECK(kDisk.write(folder.path + "/file/offhook.json", "a", Readers::Owner) == "Not a directory");
  REQUIRE(::mkdir((folder.path + "/taken").c_str(), 0700) == 0);
  CHECK(kDisk.write(folder.path + "/taken", "a", Readers::Owner) == "Is a directory");
  CHECK_FALSE(kDisk.exists(folder.path + "/taken.new"));
}
