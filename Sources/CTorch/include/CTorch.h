// C view of the libtorch calls that Taiji makes: opaque handles, no logic.
//
// Inputs are borrowed. An output handle is owned by the caller (`ct_free`) and written only on success.
// Every fallible call returns 0 on success; otherwise `ct_last_error` holds the message of this thread until the
// next failing call.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct CTTensor *ct_tensor;

#define CT_CALL __attribute__((warn_unused_result)) int

/// Element types; the values are this shim's own.
enum ct_dtype { CT_FLOAT32 = 0, CT_FLOAT64, CT_FLOAT16, CT_BFLOAT16, CT_INT64, CT_INT32, CT_UINT8, CT_BOOL };

const char *_Nonnull ct_last_error(void);
void ct_free(ct_tensor _Nullable tensor);
/// Handles that were made and not freed, for the leak test.
int64_t ct_live_handles(void);
/// Keeps freed memory in the process instead of returning it to the system after each tensor.
void ct_keep_freed_memory(void);

// Threads and gradient mode (both are per process or per thread as in libtorch).
/// Version of libtorch.
const char *_Nonnull ct_version(void);
/// Instruction set of libtorch's kernels on this processor.
const char *_Nonnull ct_cpu_capability(void);
/// Instruction set of this shim's kernels on this processor: avx512, avx2 or portable.
const char *_Nonnull ct_kernel_instruction_set(void);
CT_CALL ct_set_num_threads(int count);
int ct_get_num_threads(void);
/// Threads of this shim's own kernels when this thread calls them; 0 for libtorch's count. Their results do not depend on it.
void ct_set_kernel_threads(int count);
int ct_get_kernel_threads(void);
bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool enabled);

// Devices.
enum ct_device { CT_CPU = 0, CT_CUDA, CT_MPS };
/// Fails with the reason where this machine has no such device.
CT_CALL ct_check_device(enum ct_device device);
/// What NVIDIA's driver says of a GPU: its name, at most `capacity` bytes with their end, its memory and its compute
/// capability. False where there is no such GPU, or no driver.
bool ct_gpu(int index, char *_Nonnull name, int capacity, int64_t *_Nonnull bytes, int *_Nonnull major, int *_Nonnull minor);
/// The device on which the process makes tensors. CUDA's library is loaded by the first call that asks for it.
CT_CALL ct_set_device(enum ct_device device);
/// Another device for this thread; -1 for the process's.
void ct_set_thread_device(int device);
int ct_thread_device(void);
/// Whether this thread computes by compositions of ATen calls where there are kernels, as other devices do.
int ct_thread_composes(void);
/// 0: kernels where there are some; 1: compositions; 2: compositions without the library's fused attention either.
void ct_set_thread_composes(int level);
/// Whether the kernels of this shim compute with a tensor on this thread.
bool ct_is_native(ct_tensor _Nonnull tensor);
CT_CALL ct_to_device(ct_tensor _Nonnull tensor, enum ct_device device, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_device_of(ct_tensor _Nonnull tensor, enum ct_device *_Nonnull device);

// Sums between the GPUs of several processes, one each, by NCCL (TAIJI_NCCL names its library, or is off).
typedef struct CTDeviceGroup *ct_device_group;
/// Bytes of what names a group.
#define CT_DEVICE_GROUP_IDENTITY 128
/// Whether the library is there.
bool ct_has_device_groups(void);
/// A new name, by one process, for all to join.
CT_CALL ct_device_group_identity(uint8_t *_Nonnull identity);
/// Waits until all processes are there.
CT_CALL ct_device_group_join(const uint8_t *_Nonnull identity, int rank, int size, ct_device_group _Nullable *_Nonnull out);
void ct_device_group_leave(ct_device_group _Nonnull group);
/// Adds every process's tensor into the owner's.
CT_CALL ct_device_group_sum_at(ct_device_group _Nonnull group, ct_tensor _Nonnull tensor, int owner);
/// Overwrites every process's tensor with the owner's.
CT_CALL ct_device_group_share(ct_device_group _Nonnull group, ct_tensor _Nonnull tensor, int owner);

// Create and read. Tensors are made on the current device.
CT_CALL ct_from_bytes(const void *_Nonnull bytes, enum ct_dtype type, const int64_t *_Nonnull sizes, int rank,
                      ct_tensor _Nullable *_Nonnull out);
/// A tensor over memory that is not copied; on another device than the CPU, a copy. `release(owner)` is called once: when the last tensor over the memory is
/// gone, or before this returns a failure.
CT_CALL ct_from_borrowed(void *_Nonnull bytes, enum ct_dtype type, const int64_t *_Nonnull sizes, int rank,
                         void (*_Nonnull release)(void *_Nonnull owner), void *_Nonnull owner,
                         ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_full(double value, enum ct_dtype type, const int64_t *_Nonnull sizes, int rank,
                ct_tensor _Nullable *_Nonnull out);
/// Elements that nothing has written yet.
CT_CALL ct_empty(enum ct_dtype type, const int64_t *_Nonnull sizes, int rank, ct_tensor _Nullable *_Nonnull out);
/// Another handle of the same tensor.
CT_CALL ct_alias(ct_tensor _Nonnull tensor, ct_tensor _Nullable *_Nonnull out);
int ct_rank(ct_tensor _Nonnull tensor);
int64_t ct_size(ct_tensor _Nonnull tensor, int axis);
int64_t ct_count(ct_tensor _Nonnull tensor);
CT_CALL ct_type(ct_tensor _Nonnull tensor, enum ct_dtype *_Nonnull type);
bool ct_is_contiguous(ct_tensor _Nonnull tensor);
/// Address of the first element; valid while the tensor lives.
void *_Nullable ct_data(ct_tensor _Nonnull tensor);

// Same elements, another view or type.
CT_CALL ct_to_type(ct_tensor _Nonnull tensor, enum ct_dtype type, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_contiguous(ct_tensor _Nonnull tensor, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_clone(ct_tensor _Nonnull tensor, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_detach(ct_tensor _Nonnull tensor, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_reshape(ct_tensor _Nonnull tensor, const int64_t *_Nonnull sizes, int rank,
                   ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_transpose(ct_tensor _Nonnull tensor, int64_t first, int64_t second, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_slice(ct_tensor _Nonnull tensor, int64_t axis, int64_t start, int64_t end,
                 ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_cat(const ct_tensor _Nonnull *_Nonnull tensors, int count, int64_t axis,
               ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_index_select(ct_tensor _Nonnull tensor, int64_t axis, ct_tensor _Nonnull indices,
                        ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_gather(ct_tensor _Nonnull tensor, int64_t axis, ct_tensor _Nonnull indices,
                  ct_tensor _Nullable *_Nonnull out);
/// Rows of a weight [V, D] at int32 or int64 indices of any shape: [..., D].
CT_CALL ct_embedding(ct_tensor _Nonnull weight, ct_tensor _Nonnull indices, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_masked_fill(ct_tensor _Nonnull tensor, ct_tensor _Nonnull mask, double value,
                       ct_tensor _Nullable *_Nonnull out);

// Element by element.
CT_CALL ct_add(ct_tensor _Nonnull a, ct_tensor _Nonnull b, double scale, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_mul(ct_tensor _Nonnull a, ct_tensor _Nonnull b, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_div(ct_tensor _Nonnull a, ct_tensor _Nonnull b, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_add_scalar(ct_tensor _Nonnull a, double b, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_mul_scalar(ct_tensor _Nonnull a, double b, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_clamp(ct_tensor _Nonnull a, double low, double high, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_exp(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_log(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_sqrt(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_sigmoid(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_relu(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_silu(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_gelu(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);

// Reductions.
CT_CALL ct_sum(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_sum_axis(ct_tensor _Nonnull a, int64_t axis, bool keep, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_mean(ct_tensor _Nonnull a, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_norm_axis(ct_tensor _Nonnull a, int64_t axis, bool keep, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_argmax(ct_tensor _Nonnull a, int64_t axis, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_logsumexp(ct_tensor _Nonnull a, int64_t axis, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_dot(ct_tensor _Nonnull a, ct_tensor _Nonnull b, ct_tensor _Nullable *_Nonnull out);

// Layers.
CT_CALL ct_matmul(ct_tensor _Nonnull a, ct_tensor _Nonnull b, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_linear(ct_tensor _Nonnull x, ct_tensor _Nonnull weight, ct_tensor _Nullable bias,
                  ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_softmax(ct_tensor _Nonnull a, int64_t axis, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_log_softmax(ct_tensor _Nonnull a, int64_t axis, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_layer_norm(ct_tensor _Nonnull x, ct_tensor _Nonnull weight, ct_tensor _Nonnull bias, double epsilon,
                      ct_tensor _Nullable *_Nonnull out);
/// Queries [B, H, T, d], keys and values [B, Hkv, S, d] with H a multiple of Hkv; `mask` is added to the scores.
CT_CALL ct_attention(ct_tensor _Nonnull queries, ct_tensor _Nonnull keys, ct_tensor _Nonnull values,
                     ct_tensor _Nullable mask, bool causal, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_bce_with_logits(ct_tensor _Nonnull logits, ct_tensor _Nonnull targets,
                           ct_tensor _Nullable *_Nonnull out);

// The decoder, with gradients of our own (DecoderFunctions.cpp). `product_type` is the element type of matrix products;
// -1 for that of the rows, which are float32 wherever Swift calls. Projections of at most 64 rows compute each row
// without regard to the others.
/// x / √(mean x² + ε) · weight over the last axis.
CT_CALL ct_rms_norm(ct_tensor _Nonnull x, ct_tensor _Nonnull weight, double epsilon,
                    ct_tensor _Nullable *_Nonnull out);
/// `count` results n Wᵢᵀ + bᵢ of rows x [T, D], with n = RMSNorm(x), or x where `norm` is null.
CT_CALL ct_normed_linears(ct_tensor _Nonnull x, ct_tensor _Nullable norm, double epsilon, int product_type,
                          const ct_tensor _Nonnull *_Nonnull weights, const ct_tensor _Nullable *_Nonnull biases,
                          int count, ct_tensor _Nullable *_Nonnull out);
/// (silu(gate) · up) Wᵀ of rows [T, F].
CT_CALL ct_gated_linear(ct_tensor _Nonnull gate, ct_tensor _Nonnull up, ct_tensor _Nonnull weight, int product_type,
                        ct_tensor _Nullable *_Nonnull out);
/// A matrix [out, in] rounded to 8 bits, one scale an output, for the two functions above: uint8 [out, in' + 4], in' the next
/// multiple of 4. On the processor, without a graph.
CT_CALL ct_eight_bit(ct_tensor _Nonnull weight, ct_tensor _Nullable *_Nonnull out);
/// silu(gate) · up.
CT_CALL ct_gate(ct_tensor _Nonnull gate, ct_tensor _Nonnull up, ct_tensor _Nullable *_Nonnull out);
/// Heads [T, H, d] turned by the angles whose cosines and sines are [T, d / 2], half against half.
CT_CALL ct_rotate(ct_tensor _Nonnull x, ct_tensor _Nonnull cosine, ct_tensor _Nonnull sine,
                  ct_tensor _Nullable *_Nonnull out);
/// Causal attention inside segments: queries [T, H, d], keys and values [T, Hkv, d], segments [S, 4] int64 with start, end
/// and the start and end of a prefix that the segment sees whole. Gives [T, H, d]. `product_type` is for devices without
/// kernels of ours; these attend in float32.
CT_CALL ct_packed_attention(ct_tensor _Nonnull queries, ct_tensor _Nonnull keys, ct_tensor _Nonnull values,
                            ct_tensor _Nonnull segments, int product_type, ct_tensor _Nullable *_Nonnull out);
/// log P(target) of each row of hidden [T, D] under softmax(hidden Wᵀ); targets int64 [T]. Scores are held, and in the
/// backward pass computed again, a chunk of rows at a time.
CT_CALL ct_log_likelihoods(ct_tensor _Nonnull hidden, ct_tensor _Nonnull head, ct_tensor _Nonnull targets, int product_type,
                           ct_tensor _Nullable *_Nonnull out);
/// Σ factors · log P(target), and log P(target) without a graph. The gradient is computed with the value, so that scores
/// are computed once.
CT_CALL ct_weighted_log_likelihood(ct_tensor _Nonnull hidden, ct_tensor _Nonnull head, ct_tensor _Nonnull targets,
                                   ct_tensor _Nonnull factors, int product_type, ct_tensor _Nullable *_Nonnull sum,
                                   ct_tensor _Nullable *_Nonnull values);
/// Of rows [T, D] under softmax(rows Wᵀ), without a graph: the slopes 1[v = target] − P(v), [T, V]; log P(target), [T]; and
/// the entropy of each row, [T].
CT_CALL ct_likelihood_slopes(ct_tensor _Nonnull rows, ct_tensor _Nonnull head, ct_tensor _Nonnull targets, int product_type,
                             ct_tensor _Nullable *_Nonnull slopes, ct_tensor _Nullable *_Nonnull values,
                             ct_tensor _Nullable *_Nonnull entropies);
/// slopes W, [T, D].
CT_CALL ct_slopes_times(ct_tensor _Nonnull slopes, ct_tensor _Nonnull head, int product_type,
                        ct_tensor _Nullable *_Nonnull out);
/// sum [V, D] += slopesᵀ rows.
CT_CALL ct_add_outer_(ct_tensor _Nonnull sum, ct_tensor _Nonnull slopes, ct_tensor _Nonnull rows, int product_type);
/// log Σ exp of each row of scores [T, V], float32 [T]; no gradient.
CT_CALL ct_log_normalizers(ct_tensor _Nonnull scores, ct_tensor _Nullable *_Nonnull out);
/// The output of `body` of `input`, without keeping what lies between: the backward pass runs `body` again. `body`
/// returns 0 and gives a handle that is then owned by the caller; `release` is called once, when `body` is needed no more.
typedef int (*ct_stretch)(void *_Nonnull context, ct_tensor _Nonnull input, ct_tensor _Nullable *_Nonnull output);
CT_CALL ct_recompute(ct_tensor _Nonnull input, ct_stretch _Nonnull body, void (*_Nonnull release)(void *_Nonnull),
                     void *_Nonnull context, ct_tensor _Nullable *_Nonnull out);

// The ranker, with gradients of our own (RankingFunctions.cpp).
/// DIN's activation unit and its pooling, [B, D], from q [B, D], s [B, L, D], mask [B, L], r [B, H], A [D, H], P [D, H],
/// prelu's slope [H], u [1, H] and c [1]; see Kernels/ActivationUnit.h.
CT_CALL ct_activation_unit(const ct_tensor _Nonnull *_Nonnull inputs, ct_tensor _Nullable *_Nonnull out);

/// The activation unit's weights [N, L] for candidates that share their behaviours, from rows of a table: candidates int32
/// [N, F], behaviours int32 [L, F], table [R, E], r [N, H], s A [L, H], P [F · E, H], slope [H], u [1, H], c [1]. No gradient.
CT_CALL ct_shared_activation(const ct_tensor _Nonnull *_Nonnull inputs, ct_tensor _Nullable *_Nonnull out);

// Keys and values of sequences in pages of `ct_page_tokens()` tokens. A slab is a float32 tensor of pages, outermost axis
// first; a page holds `ct_page_elements(heads, width)` numbers; page n lies in slab n / (pages a slab).
int64_t ct_page_tokens(void);
int64_t ct_page_elements(int64_t heads, int64_t width);
/// Puts the key and value [Hkv, d] of each of T tokens into a place of a page.
CT_CALL ct_store_pages(const ct_tensor _Nonnull *_Nonnull slabs, int slab_count, ct_tensor _Nonnull keys,
                       ct_tensor _Nonnull values, const int32_t *_Nonnull page_of, const int32_t *_Nonnull place_of);
CT_CALL ct_copy_page(const ct_tensor _Nonnull *_Nonnull slabs, int slab_count, int64_t heads, int64_t width, int32_t from,
                     int32_t to);
/// Attention of one query token [B, H, d] a sequence to the first `lengths[b]` tokens of its pages
/// `tables[table_starts[b]..<table_starts[b + 1]]`. Gives [B, H · d].
CT_CALL ct_paged_attention(const ct_tensor _Nonnull *_Nonnull slabs, int slab_count, ct_tensor _Nonnull queries,
                           int64_t heads, const int32_t *_Nonnull tables, const int64_t *_Nonnull table_starts,
                           const int64_t *_Nonnull lengths, ct_tensor _Nullable *_Nonnull out);

// Keys and values of sequences side by side, padded to one length: for devices without kernels of ours (PaddedAttention.cpp).
/// Puts source [B, Hkv, d] where `rows` [B · Hkv] (int64) of destination [N, Hkv, L, d], seen as [N · Hkv · L, d], are.
CT_CALL ct_put_rows_(ct_tensor _Nonnull destination, ct_tensor _Nonnull rows, ct_tensor _Nonnull source);
/// What is added to scores of N sequences padded to `count` tokens: 0 at the first lengths[n] (int64 [N]), -inf after. [N, count].
CT_CALL ct_padding_bias(ct_tensor _Nonnull lengths, int64_t count, ct_tensor _Nullable *_Nonnull out);
/// Attention of one query token a sequence, [B, H, d], to a prompt that sequences may share and to tokens of its own.
/// inputs: queries; the prompts' keys and values [P, Hkv, K, d], their bias [P, K] (0, or -inf where a prompt has ended),
/// the queries of each prompt [P · G] and each query's place there [B], int64; the sequences' keys and values [S, Hkv, L, d],
/// bias [S, L], the query of each slot [S] and the slot of each query [B]. Gives [B, H · d].
CT_CALL ct_padded_attention(const ct_tensor _Nonnull *_Nonnull inputs, ct_tensor _Nullable *_Nonnull out);

/// Draws one token of each row of scores [B, V] on the scores' device, as Sampler.swift draws it: units [B] (float64) are
/// random numbers in [0, 1). `temperature` 0 takes the likeliest; `top_k` 0, `top_p` 1 and `min_p` 0 leave all tokens. Gives
/// tokens, int64 [B].
CT_CALL ct_draw_tokens(ct_tensor _Nonnull scores, ct_tensor _Nonnull units, double temperature, int64_t top_k, double top_p,
                       double min_p, ct_tensor _Nullable *_Nonnull out);

// Autograd.
CT_CALL ct_require_grad(ct_tensor _Nonnull tensor, bool required);
bool ct_requires_grad(ct_tensor _Nonnull tensor);
CT_CALL ct_backward(ct_tensor _Nonnull loss, bool retain_graph);
/// As `ct_backward` of Σ tensor · gradient.
CT_CALL ct_backward_from(ct_tensor _Nonnull tensor, ct_tensor _Nonnull gradient, bool retain_graph);
/// As `ct_backward_from`, for the given parameters alone: nothing is computed that none of them lies behind.
CT_CALL ct_backward_to(ct_tensor _Nonnull tensor, ct_tensor _Nonnull gradient,
                       const ct_tensor _Nonnull *_Nonnull inputs, int count, bool retain_graph);
/// The accumulated gradient, or a null handle when there is none yet.
CT_CALL ct_grad(ct_tensor _Nonnull tensor, ct_tensor _Nullable *_Nonnull out);
CT_CALL ct_set_grad(ct_tensor _Nonnull tensor, ct_tensor _Nullable grad);

// In place (callers switch gradients off).
CT_CALL ct_copy_(ct_tensor _Nonnull destination, ct_tensor _Nonnull source);
CT_CALL ct_add_(ct_tensor _Nonnull destination, ct_tensor _Nonnull source, double scale);
CT_CALL ct_mul_scalar_(ct_tensor _Nonnull destination, double scale);
/// One fused AdamW step over a list of tensors. `step` is the count after this step, from 1.
CT_CALL ct_fused_adamw_(const ct_tensor _Nonnull *_Nonnull parameters, const ct_tensor _Nonnull *_Nonnull gradients,
                        const ct_tensor _Nonnull *_Nonnull first_moments,
                        const ct_tensor _Nonnull *_Nonnull second_moments, const ct_tensor _Nonnull *_Nonnull steps,
                        int count, double learning_rate, double beta1, double beta2, double weight_decay,
                        double epsilon);
/// What one Adam step of rows multiplies by: β₁, 1 − β₁, β₂, 1 − β₂, the rate over the first moment's correction, one over
/// the root of the second one's, ε, and the factor of the gradient.
typedef struct {
    float beta1, fresh1, beta2, fresh2, rate, root, epsilon, scale;
} ct_row_adam;
/// One Adam step of some rows (int32 [n], each at most once) of a float32 table [R, E] and of its moments, by gradients
/// [n, E]; on the processor.
CT_CALL ct_adam_rows_(ct_tensor _Nonnull table, ct_tensor _Nonnull first_moments, ct_tensor _Nonnull second_moments,
                      ct_tensor _Nonnull rows, ct_tensor _Nonnull gradient, const ct_row_adam *_Nonnull step);

#ifdef __cplusplus
}
#endif
