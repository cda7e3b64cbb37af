#include <offhook/agent/phone/small_file.hpp>

#include <offhook/agent/phone/phone_error.hpp>

#include <fstream>

namespace offhook::inline v0::phone {

base::Result<std::string, base::Error> read_small_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxIdentityFile + 1, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof())
    return base::fail(phone_error(PhoneError::Identity, path + " cannot be read: check that it exists, and its permissions"));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxIdentityFile) return base::fail(phone_error(PhoneError::Identity, path + " is larger than 64 KiB: name a PEM file"));
  return text;
}

}  // namespace offhook::inline v0::phone
