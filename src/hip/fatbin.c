/* SPDX-License-Identifier: MIT
 * What the compiler registers before main: fat binaries, kernels, variables. Registration only
 * remembers addresses; a bundle is opened and its code loaded when a kernel or variable of it is
 * first used on a device.
 */
#include "hip/module.h"

#include "hip/memory.h"

#include <stdlib.h>
#include <string.h>

enum { WRAPPER_MAGIC = 0x48495046, WRAPPER_VERSION = 1 }; /* "HIPF"; clang CGCUDANV.cpp */

struct fatbin_wrapper {
    uint32_t magic, version;
    const void *image;
    const void *reserved;
};

struct managed {
    struct managed *next;
    const char *name;
    void *memory;
    size_t size;
};

struct fatbin {
    const void *image;
    pthread_mutex_t lock; /* guards the rest */
    struct cairn_bundle *bundle;
    struct hip_code *codes[HIP_MAX_DEVICES];
    hipError_t errors[HIP_MAX_DEVICES]; /* of the attempt to load; logged then */
    struct managed *managed;
    struct fatbin *next; /* in fatbins */
};

struct registered_function {
    struct fatbin *fatbin;
    const char *name;
    struct ihipModuleSymbol_t *_Atomic recent; /* on the device that used it last */
};

struct registered_variable {
    struct fatbin *fatbin;
    const char *name;
    size_t size;
    void *managed; /* its memory, NULL for a plain variable */
};

/* Guarded by registry_lock. Keys are host addresses. */
static pthread_rwlock_t registry_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hip_map functions, variables;
static struct fatbin *fatbins;
static struct fatbin *retired; /* unregistered; guarded by registry_lock */

/* ---- loading on first use ---- */

static hipError_t open_bundle_locked(struct fatbin *fatbin)
{
    struct cairn_bytes bytes;
    if (fatbin->bundle != NULL)
        return hipSuccess;
    hipError_t error = hip_image_bytes(fatbin->image, &bytes);
    if (error != hipSuccess)
        return error;
    return cairn_bundle_create(bytes, &fatbin->bundle) == CAIRN_OK ? hipSuccess
                                                                   : hipErrorInvalidImage;
}

/* Device code reaches a managed variable through a pointer of the variable's name. */
static void connect_managed_locked(struct fatbin *fatbin, struct hip_code *code)
{
    for (struct managed *m = fatbin->managed; m != NULL; m = m->next) {
        void *slot;
        size_t size;
        if (hip_code_variable(code, m->name, &slot, &size) != hipSuccess || size < sizeof m->memory)
            continue;
        if (hsa_memory_copy(slot, &m->memory, sizeof m->memory) != HSA_STATUS_SUCCESS)
            cairn_log(CAIRN_LOG_ERROR, "hip: managed variable %s has no place on device %d",
                      m->name, code->device->ordinal);
    }
}

static hipError_t code_of(struct fatbin *fatbin, struct hip_device *device, struct hip_code **out)
{
    pthread_mutex_lock(&fatbin->lock);
    struct hip_code **code = &fatbin->codes[device->ordinal];
    hipError_t *error = &fatbin->errors[device->ordinal];
    if (*code == NULL && *error == hipSuccess) {
        *error = open_bundle_locked(fatbin);
        if (*error == hipSuccess)
            *error = hip_code_load(device, fatbin->bundle, code);
        if (*error == hipSuccess)
            connect_managed_locked(fatbin, *code);
    }
    *out = *code;
    hipError_t result = *error;
    pthread_mutex_unlock(&fatbin->lock);
    return result;
}

/* ---- looking up ---- */

static struct registered_function *find_function(const void *host)
{
    struct hip_recent *recent = &hip_thread()->recent;
    struct registered_function *entry = hip_recent_get(recent, HIP_RECENT_KERNEL, host);
    if (entry != NULL)
        return entry;
    uint64_t epoch = hip_recent_epoch();
    pthread_rwlock_rdlock(&registry_lock);
    entry = hip_map_get(&functions, host);
    pthread_rwlock_unlock(&registry_lock);
    if (entry != NULL)
        hip_recent_put(recent, HIP_RECENT_KERNEL, host, entry, epoch);
    return entry;
}

hipError_t hip_registered_function(const void *host, struct hip_device *device,
                                   struct ihipModuleSymbol_t **out)
{
    struct hip_code *code;
    struct registered_function *entry = find_function(host);
    if (entry == NULL)
        return hipErrorInvalidDeviceFunction;
    struct ihipModuleSymbol_t *recent =
        atomic_load_explicit(&entry->recent, memory_order_acquire); /* pairs with the store below */
    if (recent != NULL && recent->device == device) {
        *out = recent;
        return hipSuccess;
    }
    hipError_t error = code_of(entry->fatbin, device, &code);
    if (error == hipSuccess)
        error = hip_code_function(code, entry->name, out);
    if (error == hipSuccess)
        atomic_store_explicit(&entry->recent, *out, memory_order_release);
    if (error == hipErrorNotFound) {
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s is not in the code object for %s", entry->name,
                  device->target_text);
        return hipErrorInvalidDeviceFunction;
    }
    return error;
}

const char *hip_registered_name(const void *host)
{
    pthread_rwlock_rdlock(&registry_lock);
    struct registered_function *entry = hip_map_get(&functions, host);
    pthread_rwlock_unlock(&registry_lock);
    return entry == NULL ? NULL : entry->name;
}

hipError_t hip_function_of(const void *function, struct hip_device *device,
                           struct ihipModuleSymbol_t **out)
{
    hipError_t error = hip_registered_function(function, device, out);
    if (error != hipErrorInvalidDeviceFunction)
        return error;
    *out = hip_function_check((hipFunction_t)function);
    return *out != NULL ? hipSuccess : hipErrorInvalidDeviceFunction;
}

hipError_t hip_registered_variable(const void *host, struct hip_device *device, void **address,
                                   size_t *size)
{
    struct hip_code *code;
    pthread_rwlock_rdlock(&registry_lock);
    struct registered_variable *entry = hip_map_get(&variables, host);
    pthread_rwlock_unlock(&registry_lock);
    if (entry == NULL)
        return hipErrorInvalidSymbol;
    if (entry->managed != NULL) {
        *address = entry->managed;
        *size = entry->size;
        return hipSuccess;
    }
    hipError_t error = code_of(entry->fatbin, device, &code);
    if (error == hipSuccess)
        error = hip_code_variable(code, entry->name, address, size);
    return error == hipErrorNotFound ? hipErrorInvalidSymbol : error;
}

/* ---- what the compiler's start-up code calls; prototypes as clang emits the calls ---- */

#pragma GCC visibility push(default)

void **__hipRegisterFatBinary(const void *data);
void __hipRegisterFunction(void **modules, const void *host, char *device, const char *name,
                           unsigned thread_limit, void *tid, void *bid, dim3 *block, dim3 *grid,
                           int *wave_size);
void __hipRegisterVar(void **modules, void *host, char *host_name, char *name, int is_extern,
                      size_t size, int constant, int global);
void __hipRegisterManagedVar(void **modules, void **pointer, void *init, const char *name,
                             size_t size, unsigned align);
void __hipRegisterTexture(void **modules, void *host, char *host_name, char *name, int kind,
                          int normalized, int is_extern);
void __hipRegisterSurface(void **modules, void *host, char *host_name, char *name, int kind,
                          int is_extern);
void __hipUnregisterFatBinary(void **modules);

void **__hipRegisterFatBinary(const void *data)
{
    const struct fatbin_wrapper *wrapper = data;
    if (wrapper->magic != WRAPPER_MAGIC || wrapper->version != WRAPPER_VERSION) {
        cairn_log(CAIRN_LOG_ERROR, "hip: fat binary wrapper with magic 0x%x, version %u",
                  wrapper->magic, wrapper->version);
        return NULL;
    }
    struct fatbin *fatbin = calloc(1, sizeof *fatbin);
    if (fatbin == NULL)
        return NULL;
    fatbin->image = wrapper->image;
    pthread_mutex_init(&fatbin->lock, NULL);
    pthread_rwlock_wrlock(&registry_lock);
    fatbin->next = fatbins;
    fatbins = fatbin;
    pthread_rwlock_unlock(&registry_lock);
    return (void **)fatbin;
}

void __hipRegisterFunction(void **modules, const void *host, char *device, const char *name,
                           unsigned thread_limit, void *tid, void *bid, dim3 *block, dim3 *grid,
                           int *wave_size)
{
    struct registered_function *entry = calloc(1, sizeof *entry);
    if (modules == NULL || entry == NULL) {
        free(entry);
        return;
    }
    entry->fatbin = (struct fatbin *)modules;
    entry->name = name;
    pthread_rwlock_wrlock(&registry_lock);
    if (hip_map_get(&functions, host) != NULL || !hip_map_put(&functions, host, entry))
        free(entry); /* the first of equal inline kernels stays */
    pthread_rwlock_unlock(&registry_lock);
}

static void register_variable(struct registered_variable variable, const void *host)
{
    struct registered_variable *entry = malloc(sizeof *entry);
    if (entry == NULL)
        return;
    *entry = variable;
    pthread_rwlock_wrlock(&registry_lock);
    if (!hip_map_put(&variables, host, entry))
        free(entry);
    pthread_rwlock_unlock(&registry_lock);
}

void __hipRegisterVar(void **modules, void *host, char *host_name, char *name, int is_extern,
                      size_t size, int constant, int global)
{
    if (modules != NULL)
        register_variable((struct registered_variable){.fatbin = (struct fatbin *)modules,
                                                       .name = name,
                                                       .size = size},
                          host);
}

/* Texture and surface references are variables on both sides (texture_ref.h). */
void __hipRegisterTexture(void **modules, void *host, char *host_name, char *name, int kind,
                          int normalized, int is_extern)
{
    __hipRegisterVar(modules, host, host_name, name, is_extern, sizeof(textureReference), 0, 0);
}

void __hipRegisterSurface(void **modules, void *host, char *host_name, char *name, int kind,
                          int is_extern)
{
    __hipRegisterVar(modules, host, host_name, name, is_extern, sizeof(struct surfaceReference), 0,
                     0);
}

/* The host reads the variable through *pointer without any call, so its memory is made now. */
void __hipRegisterManagedVar(void **modules, void **pointer, void *init, const char *name,
                             size_t size, unsigned align)
{
    struct fatbin *fatbin = (struct fatbin *)modules;
    struct managed *managed = calloc(1, sizeof *managed);
    if (fatbin == NULL || managed == NULL || hip_ready() != hipSuccess ||
        hip_managed_alloc(size, &managed->memory) != hipSuccess) {
        cairn_log(CAIRN_LOG_ERROR, "hip: no memory for managed variable %s", name);
        free(managed);
        return;
    }
    memcpy(managed->memory, init, size);
    *pointer = managed->memory;
    managed->name = name;
    managed->size = size;
    pthread_mutex_lock(&fatbin->lock);
    managed->next = fatbin->managed;
    fatbin->managed = managed;
    pthread_mutex_unlock(&fatbin->lock);
    register_variable(
        (struct registered_variable){
            .fatbin = fatbin, .name = name, .size = size, .managed = managed->memory},
        pointer);
}

static void forget_entries(struct hip_map *map, const struct fatbin *fatbin)
{
    for (size_t i = 0; i < map->capacity; i++) {
        struct hip_map_slot *slot = &map->slots[i];
        if (slot->value == NULL || *(struct fatbin **)slot->value != fatbin)
            continue;
        free(slot->value);
        hip_map_remove(map, slot->key);
    }
}

/* Called when a program or plug-in goes away. Loaded code stays loaded, on the list of the retired:
 * kernels of it may still be running. */
void __hipUnregisterFatBinary(void **modules)
{
    struct fatbin *fatbin = (struct fatbin *)modules;
    if (fatbin == NULL)
        return;
    pthread_rwlock_wrlock(&registry_lock);
    hip_recent_forget();
    forget_entries(&functions, fatbin);
    forget_entries(&variables, fatbin);
    struct fatbin **link = &fatbins;
    while (*link != NULL && *link != fatbin)
        link = &(*link)->next;
    if (*link == fatbin) {
        *link = fatbin->next;
        fatbin->next = retired;
        retired = fatbin;
    }
    pthread_rwlock_unlock(&registry_lock);
}

#pragma GCC visibility pop

_Static_assert(offsetof(struct registered_function, fatbin) == 0, "forget_entries reads it first");
_Static_assert(offsetof(struct registered_variable, fatbin) == 0, "forget_entries reads it first");
